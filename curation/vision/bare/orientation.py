"""How a picture is turned: the one thing in its metadata that is part of how it looks.

Read here without a library, because it is read of files that nobody has looked into yet, and read
as Pillow reads it, so that a bare picture is turned as the one it was made from.
"""

from __future__ import annotations

import re
import struct

UPRIGHT = 1
EXIF_HEADER = b"Exif\0\0"
_TAG = 0x0112
_IN_XMP = re.compile(rb'tiff:Orientation(?:="|>)([0-9])')
_READERS = {1: "B", 3: "H", 4: "L"}
"""Of EXIF's types, those that hold a whole number: how `struct` calls them."""


def orientation_of(exif: bytes, xmp: bytes = b"") -> int:
    """2 to 8 as EXIF counts them, or 1 for a picture that lies as it is stored.

    `exif` is the block with or without its header, `xmp` is asked where EXIF says nothing.
    """
    said = _in_exif(exif.removeprefix(EXIF_HEADER))
    if said is None and (match := _IN_XMP.search(xmp)):
        said = int(match[1])
    return said if said is not None and 2 <= said <= 8 else UPRIGHT


def minimal_exif(orientation: int) -> bytes:
    """An EXIF block, without its header, that says the orientation and nothing else."""
    return struct.pack("<2sHLHHHLHHL", b"II", 42, 8, 1, _TAG, 3, 1, orientation, 0, 0)


def _in_exif(block: bytes) -> int | None:
    """The tag's value in the first directory; None where there is none, or none readable."""
    order = {b"II": "<", b"MM": ">"}.get(block[:2])
    if order is None:
        return None
    try:
        magic, start = struct.unpack_from(f"{order}HL", block, 2)
        (count,) = struct.unpack_from(f"{order}H", block, start)
        for entry in range(start + 2, start + 2 + 12 * count, 12):
            tag, kind, num = struct.unpack_from(f"{order}HHL", block, entry)
            if tag == _TAG and num == 1 and kind in _READERS and magic == 42:
                return int(struct.unpack_from(f"{order}{_READERS[kind]}", block, entry + 8)[0])
    except struct.error:
        return None
    return None
