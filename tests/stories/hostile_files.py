"""Files that somebody might send instead of a picture."""

from __future__ import annotations

import re
import struct
import zlib
from io import BytesIO
from zipfile import ZipFile

from PIL import Image as Picture

from tests.conftest import picture_bytes

SCRIPT = b"<script>alert(document.cookie)</script>"


def png_that_claims(width: int, height: int) -> bytes:
    """A PNG of a few hundred bytes whose header promises a huge picture."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\0" * 1000)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    )


def gif_that_claims(width: int, height: int) -> bytes:
    """A GIF of 35 bytes: one pixel on a huge screen."""
    screen = struct.pack("<HH3B", width, height, 0x80, 0, 0) + bytes(6)
    frame = b"," + struct.pack("<4HB", 0, 0, 1, 1, 0) + b"\x02\x02D\x01\x00"
    return b"GIF89a" + screen + frame + b";"


def webp_that_claims(width: int, height: int, *, extended: bool = False) -> bytes:
    """A lossless WebP of some 40 bytes, of one colour, with a huge canvas."""
    buffer = BytesIO()
    Picture.new("RGB", (1, 1), "red").save(buffer, "WEBP", lossless=True)
    data = bytearray(buffer.getvalue())
    at = data.index(b"VP8L") + 8
    (bits,) = struct.unpack_from("<L", data, at + 1)
    size = (width - 1) | (height - 1) << 14
    struct.pack_into("<L", data, at + 1, bits & ~0xFFFFFFF | size)
    if extended:
        sides = struct.pack("<L", width - 1)[:3] + struct.pack("<L", height - 1)[:3]
        data[12:12] = b"VP8X" + struct.pack("<LL", 10, 0) + sides
        struct.pack_into("<L", data, 4, len(data) - 8)
    return bytes(data)


def jpeg_of_many_scans(count: int) -> bytes:
    """A progressive JPEG whose last scan comes again and again."""
    buffer = BytesIO()
    Picture.new("RGB", (64, 64), "red").save(buffer, "JPEG", progressive=True)
    data = buffer.getvalue()
    *_, last = (found.start() for found in re.finditer(rb"\xff\xda", data))
    scan = data[last:-2]
    return data[:-2] + scan * (count - 10) + data[-2:]


def jpeg_with_a_zip_behind(picture: bytes, **members: bytes) -> bytes:
    """A whole JPEG, and behind it a whole zip, as messengers are tricked with."""
    buffer = BytesIO()
    with ZipFile(buffer, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return picture + buffer.getvalue()


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
    "a bomb": png_that_claims(20_000, 20_000),
    "a line around the world": png_that_claims(99_999_999, 1),
    "a tiny WebP": webp_that_claims(16_383, 16_383),
    "a tiny GIF": gif_that_claims(9_999, 9_999),
    "a picture of many scans": jpeg_of_many_scans(4000),
    "an animation": animation(),
    "a script for a printer": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\nshowpage\n",
}
