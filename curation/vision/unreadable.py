"""Why a file cannot be read as a picture."""

from __future__ import annotations

from typing import Literal

UnreadableReason = Literal[
    "empty",
    "not_a_picture",
    "web_page",
    "other_kind",
    "too_many_pixels",
    "too_long",
    "hollow",
    "too_many_scans",
    "truncated",
    "animated",
    "too_slow",
    "too_much_memory",
    "crashed",
]

_MESSAGES: dict[UnreadableReason, str] = {
    "empty": "The file is empty. Fetch it again from where it came from.",
    "not_a_picture": (
        "This is not a picture that can be read. Fetch it again from where it came from."
    ),
    "web_page": "This is a web page and no picture. Fetch the picture that is on the page.",
    "other_kind": (
        "This kind of picture is not read here. Save it as JPEG, PNG, WebP, HEIC, AVIF or TIFF."
    ),
    "too_many_pixels": (
        "The picture is %(width)d x %(height)d, more than the %(most)d megapixels of a %(kind)s. "
        "Save it smaller."
    ),
    "too_long": (
        "The picture is %(width)d x %(height)d, and no side may be longer than %(most)d pixels. "
        "Save it smaller."
    ),
    "hollow": (
        "The picture claims to be %(width)d x %(height)d in only %(bytes)d bytes. "
        "Fetch it again from where it came from."
    ),
    "too_many_scans": (
        "The JPEG is built up in %(scans)d scans, more than %(most)d. Save it as an ordinary JPEG."
    ),
    "truncated": ("The picture is cut off or damaged. Fetch it again from where it came from."),
    "animated": (
        "The picture moves. Save the frame you want as a still picture, or import it as a video."
    ),
    "too_slow": "Decoding takes longer than %(seconds)d s. Save it as an ordinary JPEG or PNG.",
    "too_much_memory": "Decoding needs more memory than %(megabytes)d MB. Save it smaller.",
    "crashed": "The decoder crashed at this file. Save it as an ordinary JPEG or PNG.",
}


class Unreadable(Exception):
    """Why a file cannot be imported as a picture: a stable code, and a sentence with the cure."""

    def __init__(self, code: UnreadableReason, **details: int | str) -> None:
        super().__init__(code)
        self.code: UnreadableReason = code
        self.details = details
        """The numbers in the sentence: `width`, `height`, `most` and so on."""
        self.message = _MESSAGES[code] % details

    def __str__(self) -> str:
        return self.message
