"""A BMP without what lies before and behind its pixels."""

from __future__ import annotations

import struct

from curation.vision.bare.errors import Unstrippable

_HEADERS = frozenset((40, 52, 56, 108))
"""Bytes of the headers that hold no place for a profile; 124 may name a file of its maker."""
_PLAIN, _BIT_FIELDS = 0, 3


def bare_bmp(data: bytes) -> bytes:
    """The same pixels, ended where they end. Raises Unstrippable."""
    try:
        start, header, width, height, _planes, depth, packing = struct.unpack_from(
            "<LLllHHL", data, 10
        )
    except struct.error as error:
        raise Unstrippable("it is cut off") from error
    if header not in _HEADERS or packing not in {_PLAIN, _BIT_FIELDS} or width <= 0:
        raise Unstrippable("a kind of BMP that is not known")
    end = start + (width * depth + 31) // 32 * 4 * abs(height)
    if start < 14 + header or end > len(data):
        raise Unstrippable("it is cut off")
    return b"BM" + struct.pack("<LHHL", end, 0, 0, start) + data[14:end]
