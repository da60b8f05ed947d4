"""From the bytes of a found file to upright RGB pixels, or to the reason why not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from io import BytesIO

import cv2
import numpy as np
import pi_heif
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from curation.vision.beginnings import Beginning, beginning_of, brands_of, is_avif
from curation.vision.coded_colour import h273_profile
from curation.vision.colour import to_rgb
from curation.vision.deep_tiff import DeepTiff
from curation.vision.headers import has_odd_depth, may_have_scans, num_scans, webp_canvas
from curation.vision.isobmff import code_points
from curation.vision.jpeg_end import ended, holds_all_pixels, lacks_end
from curation.vision.png_chunks import SIGNATURE as PNG_SIGNATURE
from curation.vision.png_chunks import drawable_png, profile_of_png
from curation.vision.unreadable import Unreadable, UnreadableReason

__all__ = ["Measures", "Picture", "Unreadable", "UnreadableReason", "decode", "measure"]

pi_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False)
# Pillow's way to learn one more format; what it needs lies in the same process.

Image.MAX_IMAGE_PIXELS = None
# Pillow's one limit for all kinds gives way to ours, which name the size.

MOST_PIXELS = {
    "JPEG": 120_000_000,
    "PNG": 100_000_000,
    "TIFF": 100_000_000,
    "BMP": 100_000_000,
    "WEBP": 64_000_000,
    "GIF": 25_000_000,
    "HEIF": 120_000_000,
    "AVIF": 120_000_000,
}
"""By kind: phones make pictures of 108 megapixels; a WebP takes twice the memory for a pixel."""
LONGEST_SIDE = 65_535
"""Pixels; a JPEG cannot be longer. A PNG of 99,999,999 x 1 has few pixels, but as many lines."""
HOLLOW_PIXELS = 16_000_000
PIXELS_PER_BYTE = 2000
"""No photo of more than `HOLLOW_PIXELS` packs so many into a byte; a blank white one packs 350."""
MOST_SCANS = 100
"""A progressive JPEG has about ten; each costs as much as decoding the whole picture once."""

_WHAT_IT_IS: dict[Beginning, UnreadableReason] = {
    "web_page": "web_page",
    "other_picture": "other_kind",
}
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "HEIF", "AVIF")
"""An allow-list: Pillow knows 40 more, from fax machines and video games, each a way in."""

_MOVING_FORMATS = {"GIF", "PNG", "WEBP", "AVIF"}
"""Several pages of a TIFF are a scan and its thumbnail: the first page is the picture. So is the
main one of a HEIC; one that moves says so in its brand."""
_MOVING_HEIC = frozenset((b"hevc", b"hevx", b"hevm", b"hevs", b"msf1", b"avis"))
_SMALLER_COPY, _NEW_SUBFILE_TYPE, _DNG_VERSION, _DEEPEST = 1, 254, 50706, 8

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
_SPOKEN = {"WEBP": "WebP", "HEIF": "HEIC"}


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
    """The pixels of a picture file, upright, in sRGB, on white. Raises Unreadable.

    Reads whatever `measure` does, and now and then what it refuses as damaged.
    """
    image = open_picture(data)
    rgb = _plain_pixels(image, data)
    if rgb is None:
        rgb = np.asarray(load_upright_rgb(image))
    return Picture(rgb=rgb, format=_format_of(image))


def _plain_pixels(image: Image.Image, data: bytes) -> NDArray[np.uint8] | None:
    """The pixels of a JPEG or WebP without profile, turn or transparency; None for all else.

    The same as Pillow's, sooner: it decodes a WebP as the first frame of a film, and moves all
    pixels twice. What OpenCV does not read whole is left to Pillow, which says what is wrong.
    """
    if _format_of(image) not in {"JPEG", "WEBP"} or image.mode != "RGB":
        return None
    if image.info.get("icc_profile") or getattr(image, "is_animated", False):
        return None
    if _turn_of(image) is not None:
        return None
    as_it_lies = cv2.IMREAD_COLOR_RGB | cv2.IMREAD_IGNORE_ORIENTATION
    with suppress(cv2.error):
        rgb = cv2.imdecode(np.frombuffer(data, np.uint8), as_it_lies)
        if rgb is not None and rgb.shape[1::-1] == image.size:
            rgb.setflags(write=False)
            return rgb.astype(np.uint8, copy=False)
    return None


def measure(data: bytes) -> Measures:
    """The measures of a picture, all of which was decoded: `decode` reads it too.

    Raises Unreadable.
    """
    image = open_picture(data)
    _load(image)
    if image.mode not in _CERTAIN_MODES:
        with _refusing("other_kind"):
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
    beginning = beginning_of(data)
    if beginning != "picture":
        raise Unreadable(_WHAT_IT_IS.get(beginning, "not_a_picture"))
    if canvas := webp_canvas(data):
        _check_claim("WEBP", *canvas, len(data))
    with _refusing("truncated"):
        image = _deep_tiff(data) or _opened(data)
        kind = _format_of(image)
        _check_claim(kind, *image.size, len(data))
        _check_kind(image, data)
    if kind == "JPEG" and may_have_scans(data, MOST_SCANS):
        scans = num_scans(data)
        if scans > MOST_SCANS:
            raise Unreadable("too_many_scans", scans=scans, most=MOST_SCANS)
    if kind == "JPEG" and lacks_end(data):
        with _refusing("truncated"):
            if not holds_all_pixels(data):
                raise Unreadable("truncated")
            return _opened(ended(data))
    if kind in {"HEIF", "AVIF"}:
        # These are turned by properties of their own, which their readers heed; not by words.
        image.info.pop("xmp", None)
    if profile := _coded_profile(kind, data, image):
        image.info["icc_profile"] = profile
    return image


def _opened(data: bytes) -> Image.Image:
    drawable = drawable_png(data) if data.startswith(PNG_SIGNATURE) else data
    try:
        return Image.open(BytesIO(drawable), formats=_formats_for(data))
    except UnidentifiedImageError as error:
        raise Unreadable("other_kind" if has_odd_depth(data) else "truncated") from error


def _deep_tiff(data: bytes) -> Image.Image | None:
    """A scan of so many bits that Pillow does not read it rightly; None for all else."""
    try:
        tiff = DeepTiff(data)
    except ValueError:
        return None
    if not tiff.is_for_opencv:
        return None
    _check_claim("TIFF", *tiff.size, len(data))
    try:
        return tiff.image()
    except ValueError as error:
        raise Unreadable("truncated") from error


def _formats_for(data: bytes) -> tuple[str, ...]:
    """Of the formats that are boxes, only the one that the file says it is: one reader may open
    another's file and then fail at its pixels."""
    brands = brands_of(data)
    if not brands:
        return _FORMATS
    return ("AVIF",) if is_avif(brands) else ("HEIF",)


def _check_kind(image: Image.Image, data: bytes) -> None:
    """Raises Unreadable for what moves, and for raw TIFFs, whose first page is a preview."""
    if image.format == "HEIF" and brands_of(data)[0] in _MOVING_HEIC:
        raise Unreadable("animated")
    tags = getattr(image, "tag_v2", {})
    is_raw = image.format == "TIFF" and (_DNG_VERSION in tags or data[8:10] == b"CR")
    if is_raw or tags.get(_NEW_SUBFILE_TYPE, 0) & _SMALLER_COPY:
        raise Unreadable("other_kind")


def _coded_profile(kind: str, data: bytes, image: Image.Image) -> bytes | None:
    """The profile of colours that the file says in numbers; None where they are sRGB's."""
    if kind == "PNG":
        return profile_of_png(data)
    if kind in {"HEIF", "AVIF"} and not image.info.get("icc_profile"):
        return h273_profile(*points) if (points := code_points(data)) else None
    return None


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
    with _refusing("other_kind"):
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
