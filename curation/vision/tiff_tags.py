"""The first directory of a TIFF, read without trusting it."""

from __future__ import annotations

import struct
from collections.abc import Collection
from dataclasses import dataclass

ORDERS = {b"II*\0": "<", b"MM\0*": ">"}
"""By a TIFF's first bytes, how `struct` calls the order of its bytes."""
WIDTH, HEIGHT, BITS, PHOTOMETRIC, ORIENTATION = 256, 257, 258, 262, 274
MOST_VALUE, XMP, ICC = 281, 700, 34675

_SIZES = {1: 1, 3: 2, 4: 4, 5: 8}
"""Bytes of a value: BYTE, SHORT, LONG, RATIONAL. No text, and nothing that is not numbers."""
_UNDEFINED = 7
_LONGEST_FIELD = 2**24


@dataclass(frozen=True, slots=True)
class Field:
    """A tag's content as it lies in the file."""

    kind: int
    count: int
    content: bytes


def fields_of(data: bytes, order: str, wanted: Collection[int]) -> dict[int, Field]:
    """The wanted tags of the first page. Raises struct.error and ValueError where it is damaged."""
    (start,) = struct.unpack_from(f"{order}L", data, 4)
    (count,) = struct.unpack_from(f"{order}H", data, start)
    fields: dict[int, Field] = {}
    for entry in range(start + 2, start + 2 + 12 * count, 12):
        tag, kind, num = struct.unpack_from(f"{order}HHL", data, entry)
        size = _SIZES.get(kind) or (1 if kind == _UNDEFINED and tag in {ICC, XMP} else 0)
        if not size or tag not in wanted or tag in fields:
            continue
        if size * num > _LONGEST_FIELD:
            raise ValueError("a field that is too long")
        at = entry + 8 if size * num <= 4 else struct.unpack_from(f"{order}L", data, entry + 8)[0]
        content = data[at : at + size * num]
        if len(content) < size * num:
            raise ValueError("a field that is cut off")
        fields[tag] = Field(kind, num, content)
    return fields


def numbers_of(field: Field, order: str) -> tuple[int, ...]:
    """The whole numbers of a field. Raises KeyError for other kinds, struct.error."""
    letter = {1: "B", 3: "H", 4: "L"}[field.kind]
    return struct.unpack(f"{order}{field.count}{letter}", field.content)
