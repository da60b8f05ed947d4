"""A HEIC or AVIF without EXIF, XMP, thumbnails, depth maps and whatever lies beside the picture.

Of the file's items only the picture, the tiles it is put together from and its transparency stay,
at the same places: the list of items is written anew in the room of the old one, and all bytes
that no kept item needs are zero. (ISO 14496-12 and 23008-12.)
"""

from __future__ import annotations

import struct

from curation.vision.bare.errors import Unstrippable
from curation.vision.bare.heif_items import IN_META, Items
from curation.vision.isobmff import Box, Misbuilt, boxes

_DRAWN_BY = frozenset(
    (
        *(b"ispe", b"pixi", b"colr", b"hvcC", b"av1C", b"irot", b"imir", b"clap", b"pasp", b"auxC"),
        *(b"clli", b"mdcv", b"cclv", b"amve", b"lsel", b"a1op", b"a1lx", b"rloc"),
    )
)
"""Properties that say how pixels are drawn; others may be anybody's text."""


def bare_heif(data: bytes) -> bytes:
    """The same picture, as long a file, with nothing that is told of it. Raises Unstrippable."""
    try:
        return _bare(data)
    except (Misbuilt, struct.error, IndexError, OverflowError) as error:
        raise Unstrippable("its boxes do not fit") from error


def _bare(data: bytes) -> bytes:
    outer = _outer_boxes(data)
    metas = [box for box in outer if box.kind == b"meta"]
    if len(metas) != 1 or outer[0].kind != b"ftyp" or any(box.kind == b"moov" for box in outer):
        raise Unstrippable("no single picture")
    items = Items(data, metas[0])
    kept = items.items_of_the_picture()
    end = max(box.end for box in outer if box.kind in {b"ftyp", b"meta", b"mdat"})
    out = bytearray(end)
    for box in outer:
        if box.kind == b"ftyp":
            out[box.start : box.end] = data[box.start : box.end]
        elif box.kind == b"meta":
            out[box.start : box.end] = _written(items, kept)
        elif box.start < end:
            _lay_out(out, data, box)
    held = [box for box in outer if box.kind == b"mdat"]
    for start, length in items.extents_in_file(kept):
        if not any(box.body <= start and start + length <= box.end for box in held):
            raise Unstrippable("an item that lies nowhere")
        out[start : start + length] = data[start : start + length]
    return bytes(out)


def _outer_boxes(data: bytes) -> list[Box]:
    """Those of the file; what phones hang behind them, and is no box, is not looked at."""
    found: list[Box] = []
    try:
        for box in boxes(data):
            found.append(box)  # noqa: PERF402, what was found before the trouble counts
    except Misbuilt:
        if not {b"meta", b"mdat"} <= {box.kind for box in found}:
            raise
    if not found:
        raise Misbuilt("no boxes")
    return found


def _lay_out(out: bytearray, data: bytes, box: Box) -> None:
    """The head of a box whose content is zero, but for what is copied into it later."""
    out[box.start : box.body] = data[box.start : box.body]
    if box.kind != b"mdat":
        out[box.start + 4 : box.start + 8] = b"free"


def _written(items: Items, kept: set[int]) -> bytes:
    """The box anew, as long as it was."""
    inner = [
        _box(b"hdlr", bytes(8) + b"pict" + bytes(13)),
        _verbatim(items, b"pitm"),
        _written_kinds(items, kept),
        _written_places(items, kept),
        _written_references(items, kept),
        _written_properties(items, kept),
        _written_data(items, kept),
    ]
    body = items.data[items.box.body : items.box.body + 4] + b"".join(inner)
    room = items.box.end - items.box.body - len(body)
    if room < 0:
        raise Unstrippable("no room")
    if 0 < room < 8:  # too little for a box: the handler's name is so much longer
        body = body.replace(inner[0], _box(b"hdlr", inner[0][8:] + bytes(room)), 1)
    elif room:
        body += _box(b"free", bytes(room - 8))
    return items.data[items.box.start : items.box.body] + body


def _verbatim(items: Items, kind: bytes) -> bytes:
    box = items.children[kind]
    return items.data[box.start : box.end]


def _written_kinds(items: Items, kept: set[int]) -> bytes:
    entries = [
        _box(b"infe", struct.pack(">LHH4sB", 0x02000000, item, 0, items.kinds[item], 0))
        if item <= 0xFFFF
        else _box(b"infe", struct.pack(">LLH4sB", 0x03000000, item, 0, items.kinds[item], 0))
        for item in sorted(kept)
    ]
    return _box(b"iinf", struct.pack(">LH", 0, len(entries)) + b"".join(entries))


def _written_places(items: Items, kept: set[int]) -> bytes:
    version, _flags, content = items.content(b"iloc")
    entries = [items.places[item].entry for item in sorted(kept)]
    num = struct.pack(">L" if version == 2 else ">H", len(entries))
    return _box(b"iloc", struct.pack(">L", version << 24) + content[:2] + num + b"".join(entries))


def _written_references(items: Items, kept: set[int]) -> bytes:
    entries = [
        whole
        for kind, sender, receivers, whole in items.references
        if kind in {b"dimg", b"auxl"} and sender in kept and kept.issuperset(receivers)
    ]
    if not entries:
        return b""
    box = items.children[b"iref"]
    return _box(b"iref", items.data[box.body : box.body + 4] + b"".join(entries))


def _written_properties(items: Items, kept: set[int]) -> bytes:
    properties = [
        items.data[box.start : box.end]
        if box.kind in _DRAWN_BY
        else _box(b"free", bytes(box.end - box.start - 8))
        for box in items.properties
    ]
    entries = [items.associations[item][0] for item in sorted(kept & {*items.associations})]
    head = items.data[items.ipma.body : items.ipma.body + 4]
    ipma = _box(b"ipma", head + struct.pack(">L", len(entries)) + b"".join(entries))
    return _box(b"iprp", _box(b"ipco", b"".join(properties)) + ipma)


def _written_data(items: Items, kept: set[int]) -> bytes:
    extents = items.extents(kept, IN_META)
    if not extents:
        return b""
    if b"idat" not in items.children:
        raise Unstrippable("no idat")
    box = items.children[b"idat"]
    held = items.data[box.body : box.end]
    content = bytearray(len(held))
    for start, length in extents:
        if start + length > len(held):
            raise Unstrippable("an item that is cut off")
        content[start : start + length] = held[start : start + length]
    return _box(b"idat", bytes(content))


def _box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">L4s", len(content) + 8, kind) + content
