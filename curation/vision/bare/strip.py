"""A picture without its metadata: what may leave the site.

Nothing is encoded again: the parts of the file that the pixels are drawn from stay byte by byte,
with the colour profile, the resolution and of EXIF the orientation alone. Place, time, serial
numbers, comments, small copies and whatever was hung behind the picture go. The same bytes always
give the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO

from PIL import Image

from curation.vision.bare import bmp, gif, heif, jpeg, png, tiff, webp
from curation.vision.bare.errors import Unstrippable
from curation.vision.beginnings import brands_of, is_avif
from curation.vision.decode import decode
from curation.vision.faceswap_png import SIGNATURE as PNG_SIGNATURE

_STRIPPERS: tuple[tuple[tuple[bytes, ...], str, Callable[[bytes], bytes]], ...] = (
    ((jpeg.SIGNATURE,), "JPEG", jpeg.bare_jpeg),
    ((PNG_SIGNATURE,), "PNG", png.bare_png),
    ((b"RIFF",), "WEBP", webp.bare_webp),
    (gif.SIGNATURES, "GIF", gif.bare_gif),
    ((b"BM",), "BMP", bmp.bare_bmp),
    ((b"II*\0", b"MM\0*"), "TIFF", tiff.bare_tiff),
)


@dataclass(frozen=True, slots=True)
class Bare:
    """A picture's file without metadata."""

    data: bytes
    format: str
    """PNG for every picture that had to be drawn anew, else the original's."""


def bare(data: bytes) -> Bare:
    """The picture without its metadata, drawn anew only if its file cannot be taken apart.

    Raises Unreadable when it cannot be decoded either.
    """
    try:
        return stripped(data)
    except Unstrippable:
        return redrawn(data)


def stripped(data: bytes) -> Bare:
    """The picture without its metadata, no pixel of it encoded again. Raises Unstrippable."""
    for signatures, name, strip in _STRIPPERS:
        if data.startswith(signatures):
            return Bare(strip(data), name)
    if brands := brands_of(data):
        return Bare(heif.bare_heif(data), "AVIF" if is_avif(brands) else "HEIF")
    raise Unstrippable("no format that is known")


def redrawn(data: bytes) -> Bare:
    """The picture as it is seen, upright and in sRGB, as a PNG without anything else.

    For files that are put together in no way their format knows, and yet are pictures: what cannot
    be told apart cannot be left out. Raises Unreadable.
    """
    buffer = BytesIO()
    Image.fromarray(decode(data).rgb).save(buffer, "PNG")
    return Bare(buffer.getvalue(), "PNG")
