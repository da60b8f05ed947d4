"""What people read of a file that cannot be read: what is wrong with it, with its numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from curation.vision.decode import UnreadableReason

WHAT: dict[UnreadableReason, Promise] = {
    "empty": _("The file is empty. Download it again."),
    "not_a_picture": _(
        "This is not a picture that can be read, despite its name. Download it again."
    ),
    "web_page": _("This is a web page, not a picture. Download the picture that is on it."),
    "other_kind": _(
        "This kind of picture cannot be read. Save it as JPEG, PNG, WebP, HEIC, AVIF or TIFF."
    ),
    "truncated": _("The picture is incomplete or damaged. Download it again."),
    "animated": _("The picture is animated. Save the frame you want as a still picture."),
    "too_many_pixels": _("The picture has too many pixels. Save it smaller."),
    "too_long": _("One side of the picture is too long. Save it smaller."),
    "hollow": _("The file is far too small for the pixels it claims to have. Download it again."),
    "too_many_scans": _("The JPEG is built up in too many scans. Save it as an ordinary JPEG."),
    "too_slow": _("Decoding the picture takes too long. Save it as an ordinary JPEG or PNG."),
    "too_much_memory": _("Decoding the picture takes too much memory. Save it smaller."),
    "crashed": _("The decoder crashed at this file. Save it as an ordinary JPEG or PNG."),
}
"""The same for every file of a kind, so that they can be listed together."""

_NUMBERS: dict[str, Promise] = {
    "too_many_pixels": _(
        "%(width)s × %(height)s is more than %(most)s megapixels, the limit for %(kind)s."
    ),
    "too_long": _("It is %(width)s × %(height)s; the limit is %(most)s pixels."),
    "hollow": _("It claims %(width)s × %(height)s pixels in %(bytes)s bytes."),
    "too_many_scans": _("It has %(scans)s scans; the limit is %(most)s."),
    "too_slow": _("The limit is %(seconds)s s."),
    "too_much_memory": _("The limit is %(megabytes)s MB."),
}


def numbers_of(code: str, details: Mapping[str, Any]) -> str:
    """What is special of one file, in the reader's language; blank when nothing is."""
    return str(_NUMBERS[code]) % details if code in _NUMBERS and details else ""


def sentence_of(code: str, details: Mapping[str, Any]) -> str:
    """All of it in the reader's language; a text that is no code as it is."""
    what = str(WHAT.get(code, code))  # type: ignore[call-overload]  # any text may be asked for
    numbers = numbers_of(code, details)
    return gettext("%(what)s %(numbers)s") % {"what": what, "numbers": numbers} if numbers else what
