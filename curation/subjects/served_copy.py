"""From an uploaded file to the copy that we keep and serve: decoded, small, without metadata."""

from __future__ import annotations

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from curation.decoding.client import in_child
from curation.decoding.limits import Limits
from curation.decoding.process import DecoderUnavailable
from curation.decoding.sentences import sentence_of
from curation.errors import Busy, Refused
from curation.vision.decode import Unreadable
from curation.vision.thumbnails import CopySize, copies_of

MAX_UPLOAD_BYTES = 20 * 2**20
_SIZE = CopySize(longest_side=1024, quality=85)
_LIMITS = Limits(seconds=20, megabytes=2000)


class UnusablePicture(Refused):
    """The file cannot be shown as a picture. Nothing of it was kept."""

    code, status = "unusable_picture", 400

    def __init__(self, name: str, why: str, *, reason: str) -> None:
        super().__init__(
            _("“%(name)s” cannot be used. %(why)s") % {"name": name, "why": why},
            name=name,
            reason=reason,
        )


def served_copy(data: bytes, *, name: str) -> bytes:
    """A WebP copy of the picture in `data`, at most 1024 px long.

    The uploaded bytes themselves are not kept: they may carry a place, a camera, or worse.
    Raises UnusablePicture, Busy.
    """
    if len(data) > MAX_UPLOAD_BYTES:
        why = gettext("The file is larger than 20 MB.")
        raise UnusablePicture(name, why, reason="too_large")
    try:
        (copy,) = in_child(copies_of, data, [_SIZE], limits=_LIMITS)
    except Unreadable as problem:
        why = sentence_of(problem.code, problem.details)
        raise UnusablePicture(name, why, reason=problem.code) from problem
    except DecoderUnavailable as trouble:
        raise Busy from trouble
    return copy
