"""A TIFF's first page, without what is told of it."""

from __future__ import annotations

import struct

from curation.vision.bare.errors import Unstrippable
from curation.vision.bare.orientation import orientation_of
from curation.vision.tiff_tags import ICC, ORDERS, ORIENTATION, XMP, Field, fields_of, numbers_of

_KEPT = frozenset(
    {
        *(256, 257, 258, 259, 262, 266, 274, 277, 278, 280, 281, 282, 283, 284, 292, 293, 296, 301),
        *(317, 318, 319, 320, 321, 322, 323, 332, 334, 336, 338, 339, 529, 530, 531, 532, ICC),
    }
)
"""The tags by which pixels are read and coloured."""
_COMPRESSION = 259
_STRIPS, _TILES = (273, 279), (324, 325)
_READ = _KEPT | {*_STRIPS, *_TILES, XMP}
_PLAIN = frozenset((1, 2, 3, 4, 5, 8, 32773, 32946))
"""Packings whose data are pixels alone; JPEG's may hold a whole file with all it tells."""


def bare_tiff(data: bytes) -> bytes:
    """The first page with its colours and orientation; other pages and all else go.

    Raises Unstrippable.
    """
    order = ORDERS.get(data[:4])
    if order is None:
        raise Unstrippable("no TIFF of the common kind")
    try:
        fields = fields_of(data, order, _READ)
        tags = _TILES if _TILES[0] in fields else _STRIPS
        starts, lengths = (numbers_of(fields[tag], order) for tag in tags)
        (packing,) = numbers_of(fields[_COMPRESSION], order) if _COMPRESSION in fields else (1,)
    except (struct.error, KeyError, ValueError) as error:
        raise Unstrippable("its directory is damaged") from error
    if packing not in _PLAIN or len(starts) != len(lengths) or sum(lengths) > len(data):
        raise Unstrippable("a packing that may hold more than pixels")
    pieces = [data[start : start + length] for start, length in zip(starts, lengths, strict=True)]
    if [len(piece) for piece in pieces] != list(lengths):
        raise Unstrippable("it is cut off")
    kept = {tag: field for tag, field in fields.items() if tag in _KEPT}
    if ORIENTATION not in kept and XMP in fields:
        turned = orientation_of(b"", fields[XMP].content)
        kept[ORIENTATION] = Field(3, 1, struct.pack(f"{order}H", turned))
    return _written(kept, pieces, tags, order)


def _written(
    kept: dict[int, Field], pieces: list[bytes], tags: tuple[int, int], order: str
) -> bytes:
    """Header, directory, long values, pixels: in this order, each at an even place."""
    num = len(pieces)
    lengths = struct.pack(f"{order}{num}L", *(len(piece) for piece in pieces))
    fields = {**kept, tags[0]: Field(4, num, b"\0" * 4 * num), tags[1]: Field(4, num, lengths)}
    at = 8 + 2 + 12 * len(fields) + 4
    places: dict[int, int] = {}
    for tag, field in sorted(fields.items()):
        if len(field.content) > 4:
            places[tag] = at
            at += len(field.content) + len(field.content) % 2
    starts = []
    for piece in pieces:
        starts.append(at)
        at += len(piece) + len(piece) % 2
    if at >= 2**32:
        raise Unstrippable("it is too large")
    fields[tags[0]] = Field(4, num, struct.pack(f"{order}{num}L", *starts))
    header = {"<": b"II", ">": b"MM"}[order] + struct.pack(f"{order}HL", 42, 8)
    out = [header, struct.pack(f"{order}H", len(fields))]
    for tag, field in sorted(fields.items()):
        out.append(struct.pack(f"{order}HHL", tag, field.kind, field.count))
        is_far = tag in places
        out.append(
            struct.pack(f"{order}L", places[tag]) if is_far else field.content.ljust(4, b"\0")
        )
    out.append(b"\0\0\0\0")
    far = [fields[tag].content for tag in sorted(places)]
    out += [content + b"\0" * (len(content) % 2) for content in [*far, *pieces]]
    return b"".join(out)
