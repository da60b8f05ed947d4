"""PNGs put together by hand, chunk by chunk."""

from __future__ import annotations

import struct
import zlib

import numpy as np
from numpy.typing import NDArray

SIGNATURE = b"\x89PNG\r\n\x1a\n"
CHRM_SRGB = (
    b"cHRM",
    struct.pack(">8L", 31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000),
)
CHRM_P3 = (
    b"cHRM",
    struct.pack(">8L", 31270, 32900, 68000, 32000, 26500, 69000, 15000, 6000),
)
_COLOUR_TYPES = {1: 0, 2: 4, 3: 2, 4: 6}


def gama(value: int) -> tuple[bytes, bytes]:
    """The chunk that says by which gamma the numbers were written, times 100,000."""
    return b"gAMA", struct.pack(">L", value)


def chunk(kind: bytes, content: bytes) -> bytes:
    checksum = zlib.crc32(kind + content)
    return struct.pack(">L", len(content)) + kind + content + struct.pack(">L", checksum)


def png(pixels: NDArray[np.uint8] | NDArray[np.uint16], *chunks: tuple[bytes, bytes]) -> bytes:
    """(H, W) or (H, W, C) of 8 or 16 bits, with these chunks in front of the pixels."""
    height, width = pixels.shape[:2]
    colour_type = _COLOUR_TYPES[pixels.size // (height * width)]
    big_endian = pixels.astype(pixels.dtype.newbyteorder(">"))
    rows = b"".join(b"\0" + row.tobytes() for row in big_endian)
    header = struct.pack(">LL5B", width, height, 8 * pixels.itemsize, colour_type, 0, 0, 0)
    return b"".join(
        (
            SIGNATURE,
            chunk(b"IHDR", header),
            *(chunk(*each) for each in chunks),
            chunk(b"IDAT", zlib.compress(rows)),
            chunk(b"IEND", b""),
        )
    )


def with_chunk(data: bytes, kind: bytes, content: bytes) -> bytes:
    """The PNG with one more chunk behind its header."""
    behind_header = len(SIGNATURE) + 25
    return data[:behind_header] + chunk(kind, content) + data[behind_header:]
