"""Files that somebody might send instead of a picture."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO

from PIL import Image as Picture

from tests.conftest import picture_bytes

SCRIPT = b"<script>alert(document.cookie)</script>"


def bomb() -> bytes:
    """A PNG of a few hundred bytes that claims 400 megapixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    header = struct.pack(">IIBBBBB", 20_000, 20_000, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\0" * 1000)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    )


def animation() -> bytes:
    """A GIF of two different frames."""
    frames = [Picture.new("RGB", (32, 32), colour) for colour in ("red", "blue")]
    buffer = BytesIO()
    frames[0].save(buffer, "GIF", save_all=True, append_images=frames[1:])
    return buffer.getvalue()


def located_photo() -> bytes:
    """A JPEG turned by its EXIF tag that also says where it was taken, with a script behind it."""
    exif = Picture.Exif()
    exif[0x0112] = 6
    exif[0x010E] = "taken at home"
    exif.get_ifd(0x8825)[2] = (31.0, 14.0, 0.0)
    buffer = BytesIO()
    Picture.new("RGB", (640, 480), (200, 30, 30)).save(buffer, "JPEG", exif=exif)
    return buffer.getvalue() + SCRIPT


HOSTILE = {
    "empty": b"",
    "a page": b"<!doctype html>" + SCRIPT,
    "a drawing that runs": b'<svg xmlns="http://www.w3.org/2000/svg">' + SCRIPT + b"</svg>",
    "an archive": b"PK\x03\x04" + bytes(64),
    "a program": b"MZ" + bytes(256),
    "a cut-off picture": picture_bytes(5, size=(300, 300), format="JPEG")[:4000],
    "a bomb": bomb(),
    "an animation": animation(),
    "a script for a printer": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\nshowpage\n",
}
