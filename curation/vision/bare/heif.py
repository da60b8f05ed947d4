"""A HEIC or AVIF without EXIF, XMP, thumbnails, depth maps and whatever lies beside the picture.

Of the file's items only the picture, the tiles it is put together from and its transparency stay,
at the same places: the list of items is written anew in the room of the old one, and all bytes
that no kept item needs are zero. (ISO 14496-12 and 23008-12.)
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import dataclass

from curation.vision.bare.errors import Unstrippable
from curation.vision.isobmff import Box, Misbuilt, boxes

_DRAWN_BY = frozenset(
    (
        *(b"ispe", b"pixi", b"colr", b"hvcC", b"av1C", b"irot", b"imir", b"clap", b"pasp", b"auxC"),
        *(b"clli", b"mdcv", b"cclv", b"amve", b"lsel", b"a1op", b"a1lx", b"rloc"),
    )
)
"""Properties that say how pixels are drawn; others may be anybody's text."""
_ALPHA = (
    b"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha\0",
    b"urn:mpeg:hevc:2015:auxid:1\0",
)
_IN_FILE, _IN_META = 0, 1
_MOST_ITEMS = 20_000

Extent = tuple[int, int]
"""Where bytes of an item begin, and how many there are."""


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
    meta = _Meta(data, metas[0])
    kept = meta.items_of_the_picture()
    end = max(box.end for box in outer if box.kind in {b"ftyp", b"meta", b"mdat"})
    out = bytearray(end)
    for box in outer:
        if box.kind == b"ftyp":
            out[box.start : box.end] = data[box.start : box.end]
        elif box.kind == b"meta":
            out[box.start : box.end] = meta.written(kept)
        elif box.start < end:
            _lay_out(out, data, box)
    held = [box for box in outer if box.kind == b"mdat"]
    for start, length in meta.extents_in_file(kept):
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


@dataclass(frozen=True, slots=True)
class _Place:
    """An item in `iloc`: its own bytes there, and where what it holds lies."""

    entry: bytes
    method: int
    extents: tuple[Extent, ...]


class _Meta:
    """The box that lists a file's items."""

    def __init__(self, data: bytes, box: Box) -> None:
        self._data, self._box = data, box
        children = list(boxes(data, box.body + 4, box.end))
        self._children = {child.kind: child for child in children}
        kinds = [child.kind for child in children if child.kind != b"free"]
        if len(kinds) != len({*kinds}):
            raise Unstrippable("two lists of one kind")
        self._primary = self._read_primary()
        self._kinds = dict(self._read_kinds())
        self._places = self._read_places()
        self._references = self._read_references()
        self._properties = self._read_properties()
        self._associations = self._read_associations()

    def _content(self, kind: bytes) -> tuple[int, int, bytes]:
        """Version, flags and the rest of a full box. Raises Unstrippable when it is missing."""
        if kind not in self._children:
            raise Unstrippable(f"no {kind.decode()}")
        box = self._children[kind]
        head = int.from_bytes(self._data[box.body : box.body + 4])
        return head >> 24, head & 0xFFFFFF, self._data[box.body + 4 : box.end]

    def _read_primary(self) -> int:
        version, _flags, content = self._content(b"pitm")
        return int(struct.unpack_from(">L" if version else ">H", content)[0])

    def _read_kinds(self) -> Iterable[tuple[int, bytes]]:
        box = self._children.get(b"iinf")
        if box is None:
            raise Unstrippable("no iinf")
        start = box.body + (6 if self._data[box.body] == 0 else 8)
        for infe in boxes(self._data, start, box.end):
            version = self._data[infe.body]
            if version not in {2, 3}:
                raise Unstrippable("an item of an older kind")
            form = ">HH4s" if version == 2 else ">LH4s"
            item, protected, kind = struct.unpack_from(form, self._data, infe.body + 4)
            if protected:
                raise Unstrippable("an item that is locked")
            yield item, kind

    def _read_places(self) -> dict[int, _Place]:
        version, _flags, content = self._content(b"iloc")
        sizes = content[0] >> 4, content[0] & 15, content[1] >> 4, content[1] & 15
        offset_size, length_size, base_size, index_size = sizes
        if version > 2 or not {*sizes} <= {0, 4, 8}:
            raise Unstrippable("places of another kind")
        index_size = index_size if version else 0
        count, at = (
            (int.from_bytes(content[2:6]), 6) if version == 2 else (int.from_bytes(content[2:4]), 4)
        )
        if count > _MOST_ITEMS:
            raise Unstrippable("too many items")
        places: dict[int, _Place] = {}
        for _ in range(count):
            start = at
            item, at = _number(content, at, 4 if version == 2 else 2)
            method = 0
            if version:
                method, at = _number(content, at, 2)
            reference, at = _number(content, at, 2)
            base, at = _number(content, at, base_size)
            num, at = _number(content, at, 2)
            extents = []
            for _ in range(num):
                at += index_size
                offset, at = _number(content, at, offset_size)
                length, at = _number(content, at, length_size)
                extents.append((base + offset, length))
            if reference or method & 15 > _IN_META or item in places:
                raise Unstrippable("an item in another file")
            places[item] = _Place(content[start:at], method & 15, tuple(extents))
        return places

    def _read_references(self) -> list[tuple[bytes, int, list[int], bytes]]:
        """Kind, from, to and the box's own bytes."""
        if b"iref" not in self._children:
            return []
        box = self._children[b"iref"]
        wide = self._data[box.body] == 1
        found = []
        for each in boxes(self._data, box.body + 4, box.end):
            sender, count = struct.unpack_from(">LH" if wide else ">HH", self._data, each.body)
            form = f">{count}{'L' if wide else 'H'}"
            receivers = struct.unpack_from(form, self._data, each.body + (6 if wide else 4))
            found.append((each.kind, sender, list(receivers), self._data[each.start : each.end]))
        return found

    def _read_properties(self) -> list[Box]:
        box = self._children.get(b"iprp")
        inner = list(boxes(self._data, box.body, box.end)) if box else []
        if [each.kind for each in inner] != [b"ipco", b"ipma"]:
            raise Unstrippable("properties of another kind")
        self._ipco, self._ipma = inner
        return list(boxes(self._data, self._ipco.body, self._ipco.end))

    def _read_associations(self) -> dict[int, tuple[bytes, list[int]]]:
        """Of each item its own bytes in `ipma`, and which properties it has, from 1."""
        content = self._data[self._ipma.body : self._ipma.end]
        wide_items, wide_indices = content[0] >= 1, content[3] & 1
        count, at = int.from_bytes(content[4:8]), 8
        if count > _MOST_ITEMS:
            raise Unstrippable("too many items")
        found: dict[int, tuple[bytes, list[int]]] = {}
        for _ in range(count):
            start = at
            item, at = _number(content, at, 4 if wide_items else 2)
            num, at = _number(content, at, 1)
            indices = []
            for _ in range(num):
                index, at = _number(content, at, 2 if wide_indices else 1)
                indices.append(index & (0x7FFF if wide_indices else 0x7F))
            found[item] = content[start:at], indices
        return found

    def items_of_the_picture(self) -> set[int]:
        """The primary item, what it is put together from, and what says how it is transparent."""
        kept: set[int] = set()
        waiting = [self._primary]
        while waiting:
            item = waiting.pop()
            if item in kept:
                continue
            kept.add(item)
            for kind, sender, receivers, _ in self._references:
                if kind == b"dimg" and sender == item:
                    waiting += receivers
                elif kind == b"auxl" and item in receivers and self._is_alpha(sender):
                    waiting.append(sender)
        if not kept <= {*self._kinds} or not kept <= {*self._places}:
            raise Unstrippable("an item that is not listed")
        return kept

    def _is_alpha(self, item: int) -> bool:
        _, indices = self._associations.get(item, (b"", []))
        said = [self._properties[index - 1] for index in indices if index]
        return any(
            box.kind == b"auxC" and self._data[box.body + 4 : box.end].startswith(_ALPHA)
            for box in said
        )

    def extents_in_file(self, kept: set[int]) -> list[Extent]:
        """Where in the file the kept items lie. Raises Unstrippable for one up to its end."""
        return self._extents(kept, _IN_FILE)

    def _extents(self, kept: set[int], method: int) -> list[Extent]:
        places = [self._places[item] for item in kept]
        extents = [e for place in places if place.method == method for e in place.extents]
        if any(length == 0 for _, length in extents):
            raise Unstrippable("an item without a length")
        return extents

    def written(self, kept: set[int]) -> bytes:
        """The box anew, as long as it was."""
        inner = [
            _box(b"hdlr", bytes(8) + b"pict" + bytes(13)),
            self._verbatim(b"pitm"),
            self._written_kinds(kept),
            self._written_places(kept),
            self._written_references(kept),
            self._written_properties(kept),
            self._written_data(kept),
        ]
        body = self._data[self._box.body : self._box.body + 4] + b"".join(inner)
        room = self._box.end - self._box.body - len(body)
        if room < 0:
            raise Unstrippable("no room")
        if 0 < room < 8:  # too little for a box: the handler's name is so much longer
            body = body.replace(inner[0], _box(b"hdlr", inner[0][8:] + bytes(room)), 1)
        elif room:
            body += _box(b"free", bytes(room - 8))
        return self._data[self._box.start : self._box.body] + body

    def _verbatim(self, kind: bytes) -> bytes:
        box = self._children[kind]
        return self._data[box.start : box.end]

    def _written_kinds(self, kept: set[int]) -> bytes:
        entries = [
            _box(b"infe", struct.pack(">LHH4sB", 0x02000000, item, 0, self._kinds[item], 0))
            if item <= 0xFFFF
            else _box(b"infe", struct.pack(">LLH4sB", 0x03000000, item, 0, self._kinds[item], 0))
            for item in sorted(kept)
        ]
        return _box(b"iinf", struct.pack(">LH", 0, len(entries)) + b"".join(entries))

    def _written_places(self, kept: set[int]) -> bytes:
        version, _flags, content = self._content(b"iloc")
        entries = [self._places[item].entry for item in sorted(kept)]
        num = struct.pack(">L" if version == 2 else ">H", len(entries))
        return _box(
            b"iloc", struct.pack(">L", version << 24) + content[:2] + num + b"".join(entries)
        )

    def _written_references(self, kept: set[int]) -> bytes:
        entries = [
            whole
            for kind, sender, receivers, whole in self._references
            if kind in {b"dimg", b"auxl"} and sender in kept and kept.issuperset(receivers)
        ]
        if not entries:
            return b""
        box = self._children[b"iref"]
        return _box(b"iref", self._data[box.body : box.body + 4] + b"".join(entries))

    def _written_properties(self, kept: set[int]) -> bytes:
        properties = [
            self._data[box.start : box.end]
            if box.kind in _DRAWN_BY
            else _box(b"free", bytes(box.end - box.start - 8))
            for box in self._properties
        ]
        entries = [self._associations[item][0] for item in sorted(kept & {*self._associations})]
        head = self._data[self._ipma.body : self._ipma.body + 4]
        ipma = _box(b"ipma", head + struct.pack(">L", len(entries)) + b"".join(entries))
        return _box(b"iprp", _box(b"ipco", b"".join(properties)) + ipma)

    def _written_data(self, kept: set[int]) -> bytes:
        extents = self._extents(kept, _IN_META)
        if not extents:
            return b""
        if b"idat" not in self._children:
            raise Unstrippable("no idat")
        box = self._children[b"idat"]
        held = self._data[box.body : box.end]
        content = bytearray(len(held))
        for start, length in extents:
            if start + length > len(held):
                raise Unstrippable("an item that is cut off")
            content[start : start + length] = held[start : start + length]
        return _box(b"idat", bytes(content))


def _box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">L4s", len(content) + 8, kind) + content


def _number(content: bytes, at: int, size: int) -> tuple[int, int]:
    """A whole number of so many bytes, and where the next begins. Raises Misbuilt."""
    if at + size > len(content):
        raise Misbuilt("a number that is cut off")
    return int.from_bytes(content[at : at + size]), at + size
