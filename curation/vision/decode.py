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

MOST_PIXELS = 100_000_000

UnreadableReason = Literal["empty", "not_a_picture", "too_many_pixels", "truncated", "animated"]

_MESSAGES: dict[UnreadableReason, str] = {
    "empty": "The file is empty. Fetch it again from where it came from.",
    "not_a_picture": (
        "This is not a picture that can be read. Save it as JPEG, PNG, WebP, GIF, BMP or TIFF."
    ),
    "too_many_pixels": (
        f"The picture has more than {MOST_PIXELS // 1_000_000} megapixels. Save it smaller."
    ),
    "truncated": ("The picture is cut off or damaged. Fetch it again from where it came from."),
    "animated": (
        "The picture moves. Save the frame you want as a still picture, or import it as a video."
    ),
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


class Unreadable(Exception):
    """Why a file cannot be imported as a picture: a stable code, and a sentence with the cure."""

    def __init__(self, code: UnreadableReason) -> None:
        super().__init__(code)
        self.code: UnreadableReason = code
        self.message = _MESSAGES[code]

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


def decode(data: bytes) -> Picture:
    """The pixels of a picture file, upright, in sRGB, on white. Raises Unreadable."""
    image = open_picture(data)
    # A phone's JPEG with a preview or depth map behind the picture calls itself MPO.
    name = "JPEG" if image.format == "MPO" else str(image.format)
    return Picture(rgb=np.asarray(load_upright_rgb(image)), format=name)


def open_picture(data: bytes) -> Image.Image:
    """A picture of which only the header was read. Raises Unreadable."""
    if not data:
        raise Unreadable("empty")
    with _refusing("not_a_picture"):
        try:
            image = Image.open(BytesIO(data), formats=_FORMATS)
        except Image.DecompressionBombError as problem:
            raise Unreadable("too_many_pixels") from problem
        if image.width * image.height > MOST_PIXELS:
            raise Unreadable("too_many_pixels")
        return image


def load_upright_rgb(image: Image.Image) -> Image.Image:
    """All pixels of an opened picture, turned as the camera was held. Raises Unreadable."""
    with _refusing("truncated"):
        image.load()
        if image.format in _MOVING_FORMATS and getattr(image, "is_animated", False):
            raise Unreadable("animated")
    turn = None
    with suppress(Exception):  # EXIF that cannot be read turns nothing
        turn = _HOW_TO_TURN.get(image.getexif().get(_ORIENTATION_TAG, 1))
    with _refusing("not_a_picture"):
        rgb = to_rgb(image)
    return rgb if turn is None else rgb.transpose(turn)


@contextmanager
def _refusing(code: UnreadableReason) -> Iterator[None]:
    """Turns any error of Pillow's decoders into Unreadable."""
    try:
        yield
    except Unreadable:
        raise
    except Exception as problem:
        raise Unreadable(code) from problem
