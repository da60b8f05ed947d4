"""From the bytes of a found file to upright RGB pixels, or to the reason why not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from io import BytesIO
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from curation.vision.colour import to_rgb
from curation.vision.headers import may_have_scans, num_scans, webp_canvas

Image.MAX_IMAGE_PIXELS = None
# Pillow's one limit for all kinds gives way to ours, which name the size.

MOST_PIXELS = {
    "JPEG": 120_000_000,
    "PNG": 100_000_000,
    "TIFF": 100_000_000,
    "BMP": 100_000_000,
    "WEBP": 64_000_000,
    "GIF": 25_000_000,
}
"""By kind: phones make JPEGs of 108 megapixels; a WebP takes twice the memory for a pixel."""
LONGEST_SIDE = 65_535
"""Pixels; a JPEG cannot be longer. A PNG of 99,999,999 x 1 has few pixels, but as many lines."""
HOLLOW_PIXELS = 16_000_000
PIXELS_PER_BYTE = 2000
"""No photo of more than `HOLLOW_PIXELS` packs so many into a byte; a blank white one packs 350."""
MOST_SCANS = 100
"""A progressive JPEG has about ten; each costs as much as decoding the whole picture once."""

UnreadableReason = Literal[
    "empty",
    "not_a_picture",
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
        "This is not a picture that can be read. Save it as JPEG, PNG, WebP, GIF, BMP or TIFF."
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

_FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF")
"""An allow-list: Pillow knows 40 more, from fax machines and video games, each a way in."""

_MOVING_FORMATS = {"GIF", "PNG", "WEBP"}
"""Several pages of a TIFF are a scan and its thumbnail: the first page is the picture."""

_ORIENTATION_TAG = 0x0112
_HOW_TO_TURN = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_LAY_DOWN = {_HOW_TO_TURN[tag] for tag in (5, 6, 7, 8)}
"""Those that make the width the height."""

_CERTAIN_MODES = {"1", "L", "LA", "P", "RGB", "RGBA", "CMYK"}
"""Pixels that always have a colour; others show only when they are converted."""
_SPOKEN = {"WEBP": "WebP"}


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


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A decoded picture, as a person would see it."""

    rgb: NDArray[np.uint8]
    """(height, width, 3), upright, read-only."""
    format: str
    """What the bytes are, whatever the file is called: "JPEG", "PNG" and so on."""

    @property
    def width(self) -> int:
        return int(self.rgb.shape[1])

    @property
    def height(self) -> int:
        return int(self.rgb.shape[0])


@dataclass(frozen=True, slots=True)
class Measures:
    """What is known of a picture that could be decoded."""

    format: str
    """As in `Picture`."""
    width: int
    """Pixels, upright."""
    height: int


def decode(data: bytes) -> Picture:
    """The pixels of a picture file, upright, in sRGB, on white. Raises Unreadable."""
    image = open_picture(data)
    rgb = np.asarray(load_upright_rgb(image))
    return Picture(rgb=rgb, format=_format_of(image))


def measure(data: bytes) -> Measures:
    """The measures of a picture, all of which was decoded: `decode` reads it too.

    Raises Unreadable.
    """
    image = open_picture(data)
    _load(image)
    if image.mode not in _CERTAIN_MODES:
        with _refusing("not_a_picture"):
            to_rgb(image)
    width, height = image.size
    if _turn_of(image) in _LAY_DOWN:
        width, height = height, width
    return Measures(_format_of(image), width, height)


def _format_of(image: Image.Image) -> str:
    # A phone's JPEG with a preview or depth map behind the picture calls itself MPO.
    return "JPEG" if image.format == "MPO" else str(image.format)


def open_picture(data: bytes) -> Image.Image:
    """A picture of which only the header was read. Raises Unreadable."""
    if not data:
        raise Unreadable("empty")
    if canvas := webp_canvas(data):
        _check_claim("WEBP", *canvas, len(data))
    with _refusing("not_a_picture"):
        image = Image.open(BytesIO(data), formats=_FORMATS)
        kind = _format_of(image)
        _check_claim(kind, *image.size, len(data))
    if kind == "JPEG" and may_have_scans(data, MOST_SCANS):
        scans = num_scans(data)
        if scans > MOST_SCANS:
            raise Unreadable("too_many_scans", scans=scans, most=MOST_SCANS)
    return image


def _check_claim(kind: str, width: int, height: int, num_bytes: int) -> None:
    size = {"width": width, "height": height}
    if max(width, height) > LONGEST_SIDE:
        raise Unreadable("too_long", most=LONGEST_SIDE, **size)
    if width * height > MOST_PIXELS[kind]:
        most = MOST_PIXELS[kind] // 1_000_000
        raise Unreadable("too_many_pixels", kind=_SPOKEN.get(kind, kind), most=most, **size)
    if width * height > max(HOLLOW_PIXELS, PIXELS_PER_BYTE * num_bytes):
        raise Unreadable("hollow", bytes=num_bytes, **size)


def load_upright_rgb(image: Image.Image) -> Image.Image:
    """All pixels of an opened picture, turned as the camera was held. Raises Unreadable."""
    _load(image)
    turn = _turn_of(image)
    with _refusing("not_a_picture"):
        rgb = to_rgb(image)
    return rgb if turn is None else rgb.transpose(turn)


def _load(image: Image.Image) -> None:
    with _refusing("truncated"):
        image.load()
        if image.format in _MOVING_FORMATS and getattr(image, "is_animated", False):
            raise Unreadable("animated")


def _turn_of(image: Image.Image) -> Image.Transpose | None:
    with suppress(Exception):  # EXIF that cannot be read turns nothing
        return _HOW_TO_TURN.get(image.getexif().get(_ORIENTATION_TAG, 1))
    return None


@contextmanager
def _refusing(code: UnreadableReason) -> Iterator[None]:
    """Turns any error of Pillow's decoders into Unreadable, but for want of memory."""
    try:
        yield
    except (Unreadable, MemoryError):
        raise
    except Exception as problem:
        raise Unreadable(code) from problem
