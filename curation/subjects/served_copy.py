"""From an uploaded file to the copy that we keep and serve: decoded, small, without metadata."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from curation.errors import Refused
from curation.vision.decode import Unreadable, decode
from curation.vision.thumbnails import encode_webp

MAX_UPLOAD_BYTES = 20 * 2**20
LONGEST_SIDE = 1024
QUALITY = 85

_WHY: dict[str, Promise] = {
    "empty": _("it is empty."),
    "not_a_picture": _("it is not a supported picture: JPEG, PNG, WebP, GIF, BMP or TIFF."),
    "truncated": _("it is incomplete or damaged."),
    "too_many_pixels": _("it has more than 100 megapixels."),
    "animated": _("it is animated. Send a still picture."),
    "too_large": _("it is larger than 20 MB."),
}


class UnusablePicture(Refused):
    """The file cannot be shown as a picture. Nothing of it was kept."""

    code, status = "unusable_picture", 400

    def __init__(self, name: str, reason: str) -> None:
        why = _WHY.get(reason, _WHY["truncated"])
        super().__init__(
            _("“%(name)s” cannot be used: %(why)s") % {"name": name, "why": why},
            name=name,
            reason=reason,
        )


def served_copy(data: bytes, *, name: str) -> bytes:
    """A WebP copy of the picture in `data`, at most 1024 px long.

    The uploaded bytes themselves are not kept: they may carry a place, a camera, or worse.
    Raises UnusablePicture.
    """
    if len(data) > MAX_UPLOAD_BYTES:
        raise UnusablePicture(name, "too_large")
    try:
        picture = decode(data)
    except Unreadable as problem:
        raise UnusablePicture(name, problem.code) from problem
    return encode_webp(picture.rgb, longest_side=LONGEST_SIDE, quality=QUALITY)
