"""What this stage refuses."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from curation.errors import Conflict


class NothingToRelease(Conflict):
    """No image of the subject is kept, so there is no set to freeze."""

    code = "nothing_to_release"


class BytesGone(Conflict):
    """An image of the release was purged; its bytes are nowhere any more."""

    code = "bytes_gone"


class BytesDamaged(Conflict):
    """The stored bytes of an image are not those that were released."""

    code = "bytes_damaged"


def bytes_gone(number: int) -> BytesGone:
    return BytesGone(
        _("The bytes of image %(number)d were removed; this release cannot be exported any more.")
        % {"number": number},
        number=number,
    )


def bytes_damaged(number: int) -> BytesDamaged:
    return BytesDamaged(
        _("The stored bytes of image %(number)d are damaged. Restore them from a backup.")
        % {"number": number},
        number=number,
    )
