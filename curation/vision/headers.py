"""What a picture file claims of itself, read from its first bytes, before any decoder runs."""

from __future__ import annotations

import re
from collections.abc import Iterator

_MARKER = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")
"""Any marker of a JPEG but those that stand inside a scan."""
_FRAME = re.compile(rb"\xff[\xc0-\xc3\xc5-\xc7\xc9-\xcb\xcd-\xcf]\0.(.)", re.DOTALL)
"""A JPEG's frame header: its length, below 256, then the bits of a sample."""
_ODD_DEPTHS = tuple(bytes((bits,)) for bits in (*range(2, 8), *range(9, 17)))
END_OF_IMAGE, START_OF_SCAN, RESTARTS_EVERY = 0xD9, 0xDA, 0xDD
_START_OF_IMAGE, _TEMPORARY = 0xD8, 0x01


def webp_canvas(data: bytes) -> tuple[int, int] | None:
    """Width and height of a WebP; None for other files.

    Its decoder sets the whole canvas aside, eight bytes a pixel, before it looks at anything.
    """
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP" or len(data) < 30:
        return None
    match data[12:16]:
        case b"VP8X":
            return 1 + _little(data[24:27]), 1 + _little(data[27:30])
        case b"VP8L":
            bits = _little(data[21:25])
            return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
        case b"VP8 ":
            return _little(data[26:28]) & 0x3FFF, _little(data[28:30]) & 0x3FFF
        case _:
            return None


def num_scans(data: bytes) -> int:
    """In how many scans a JPEG is built up: 1, about 10 when it is progressive.

    Those of a thumbnail inside it, or of a second picture behind it, do not count.
    """
    return sum(kind == START_OF_SCAN for kind, _content in jpeg_segments(data))


def jpeg_segments(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Each marker of a JPEG's first picture with the content of its segment, up to its end, which
    comes last where it is there. Those of a thumbnail inside it are not told."""
    at = 2
    while match := _MARKER.search(data, at):
        kind, at = data[match.start() + 1], match.end()
        if kind in {_START_OF_IMAGE, _TEMPORARY}:
            continue
        length = 0 if kind == END_OF_IMAGE else int.from_bytes(data[at : at + 2], "big")
        yield kind, data[at + 2 : at + length]
        if kind == END_OF_IMAGE:
            return
        at += length


def may_have_scans(data: bytes, more_than: int) -> bool:
    """Whether a JPEG can have more scans than that: quick, and right when it says no."""
    return data.count(b"\xff\xda") > more_than


def has_odd_depth(data: bytes) -> bool:
    """Whether a JPEG's header says that its samples have another number of bits than 8."""
    if not data.startswith(b"\xff\xd8"):
        return False
    frame = _FRAME.search(data)
    return frame is not None and frame[1] in _ODD_DEPTHS


def _little(data: bytes) -> int:
    return int.from_bytes(data, "little")
