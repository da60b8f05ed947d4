"""The boxes that HEIC and AVIF files are made of (ISO 14496-12), read without trusting them."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

_OF_FILMS, _SRGB = frozenset((1, 6, 14, 15)), 13


class Misbuilt(ValueError):
    """The boxes do not fit into each other as the format says."""


@dataclass(frozen=True, slots=True)
class Box:
    """One box: where it begins, where its content begins, and where it ends."""

    kind: bytes
    start: int
    body: int
    end: int


def boxes(data: bytes, start: int = 0, end: int | None = None) -> Iterator[Box]:
    """The boxes that follow each other from `start` to `end`. Raises Misbuilt."""
    end = len(data) if end is None else end
    while start < end:
        if start + 8 > end:
            raise Misbuilt("a box that is cut off")
        size, kind = struct.unpack_from(">L4s", data, start)
        body = start + 8
        if size == 1:
            if start + 16 > end:
                raise Misbuilt("a box that is cut off")
            (size,) = struct.unpack_from(">Q", data, body)
            body += 8
        elif size == 0:
            size = end - start
        if start + size > end or size < body - start:
            raise Misbuilt("a box that is larger than what it lies in")
        yield Box(kind, start, body, start + size)
        start += size


def box_at(data: bytes, path: tuple[bytes, ...]) -> Box | None:
    """The first box of each kind inside the one before, such as `meta`, `iprp`, `ipco`.

    Raises Misbuilt.
    """
    start, end = 0, len(data)
    found = None
    for kind in path:
        found = next((box for box in boxes(data, start, end) if box.kind == kind), None)
        if found is None:
            return None
        # Of these only `meta` has a version before its children.
        start, end = found.body + (4 if kind == b"meta" else 0), found.end
    return found


def code_points(data: bytes) -> tuple[int, int] | None:
    """Primaries and transfer of a HEIC or AVIF as ITU-T H.273 numbers them; None if not said.

    A film's transfer in a still picture means sRGB: so browsers show it.
    """
    try:
        properties = box_at(data, (b"meta", b"iprp", b"ipco"))
        if properties is None:
            return None
        for box in boxes(data, properties.body, properties.end):
            if box.kind == b"colr" and data[box.body : box.body + 4] == b"nclx":
                primaries, transfer = struct.unpack_from(">HH", data, box.body + 4)
                return primaries, _SRGB if transfer in _OF_FILMS else transfer
    except (Misbuilt, struct.error):
        return None
    return None
