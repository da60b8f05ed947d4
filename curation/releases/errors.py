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


class BytesMissing(Conflict):
    """The stored bytes of an image are not there, though nobody purged it."""

    code = "bytes_missing"


class ManifestDamaged(Conflict):
    """The stored manifest is not the one that was frozen, or is not there any more."""

    code = "manifest_damaged"


class OriginalsOnly(Conflict):
    """The release is of a time when pictures left with all their metadata."""

    code = "originals_only"


class FreezingMeanwhile(Conflict):
    """A release is being frozen by other settings."""

    code = "freezing_meanwhile"


def freezing_meanwhile() -> FreezingMeanwhile:
    return FreezingMeanwhile(
        _("A release with other settings is being frozen. Wait until it is done, then ask again.")
    )


def bytes_missing(number: int) -> BytesMissing:
    return BytesMissing(
        _(
            "The stored bytes of image %(number)d are missing. Restore them from a backup, or "
            "import the picture again."
        )
        % {"number": number},
        number=number,
    )


def manifest_damaged(number: int) -> ManifestDamaged:
    return ManifestDamaged(
        _(
            "The stored list of pictures of release %(number)d is damaged or missing. Restore it "
            "from a backup; the command “verify” names whatever else is damaged."
        )
        % {"number": number},
        number=number,
    )


def originals_only(number: int) -> OriginalsOnly:
    return OriginalsOnly(
        _(
            "Release %(number)d was frozen when pictures still left with their metadata. Freeze a "
            "new one, or download the originals."
        )
        % {"number": number},
        number=number,
    )


def bytes_gone(number: int) -> BytesGone:
    return BytesGone(
        _("The bytes of image %(number)d were removed; this release cannot be exported any more.")
        % {"number": number},
        number=number,
    )


def bytes_damaged(number: int) -> BytesDamaged:
    return BytesDamaged(
        _(
            "The stored bytes of image %(number)d are damaged. Restore them from a backup, or "
            "import the picture again."
        )
        % {"number": number},
        number=number,
    )
