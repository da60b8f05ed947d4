"""The items of a HEIC or AVIF: what they are, where they lie, and which make up the picture.

A file of this kind is a list of items (pictures, tiles, metadata) and of what each has to do with
others. (ISO 14496-12 and 23008-12.)
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import dataclass

from curation.vision.bare.errors import Unstrippable
from curation.vision.isobmff import Box, Misbuilt, boxes

_ALPHA = (
    b"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha\0",
    b"urn:mpeg:hevc:2015:auxid:1\0",
)
IN_FILE, IN_META = 0, 1
_MOST_ITEMS = 20_000

Extent = tuple[int, int]
"""Where bytes of an item begin, and how many there are."""


@dataclass(frozen=True, slots=True)
class Place:
    """An item in `iloc`: its own bytes there, and where what it holds lies."""

    entry: bytes
    method: int
    extents: tuple[Extent, ...]


class Items:
    """The box that lists a file's items."""

    def __init__(self, data: bytes, box: Box) -> None:
        self.data, self.box = data, box
        children = list(boxes(data, box.body + 4, box.end))
        self.children = {child.kind: child for child in children}
        kinds = [child.kind for child in children if child.kind != b"free"]
        if len(kinds) != len({*kinds}):
            raise Unstrippable("two lists of one kind")
        self.primary = self._read_primary()
        self.kinds = dict(self._read_kinds())
        self.places = self._read_places()
        self.references = self._read_references()
        self.properties = self._read_properties()
        self.associations = self._read_associations()

    def content(self, kind: bytes) -> tuple[int, int, bytes]:
        """Version, flags and the rest of a full box. Raises Unstrippable when it is missing."""
        if kind not in self.children:
            raise Unstrippable(f"no {kind.decode()}")
        box = self.children[kind]
        head = int.from_bytes(self.data[box.body : box.body + 4])
        return head >> 24, head & 0xFFFFFF, self.data[box.body + 4 : box.end]

    def _read_primary(self) -> int:
        version, _flags, content = self.content(b"pitm")
        return int(struct.unpack_from(">L" if version else ">H", content)[0])

    def _read_kinds(self) -> Iterable[tuple[int, bytes]]:
        box = self.children.get(b"iinf")
        if box is None:
            raise Unstrippable("no iinf")
        start = box.body + (6 if self.data[box.body] == 0 else 8)
        for infe in boxes(self.data, start, box.end):
            version = self.data[infe.body]
            if version not in {2, 3}:
                raise Unstrippable("an item of an older kind")
            form = ">HH4s" if version == 2 else ">LH4s"
            item, protected, kind = struct.unpack_from(form, self.data, infe.body + 4)
            if protected:
                raise Unstrippable("an item that is locked")
            yield item, kind

    def _read_places(self) -> dict[int, Place]:
        version, _flags, content = self.content(b"iloc")
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
        places: dict[int, Place] = {}
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
            if reference or method & 15 > IN_META or item in places:
                raise Unstrippable("an item in another file")
            places[item] = Place(content[start:at], method & 15, tuple(extents))
        return places

    def _read_references(self) -> list[tuple[bytes, int, list[int], bytes]]:
        """Kind, from, to and the box's own bytes."""
        if b"iref" not in self.children:
            return []
        box = self.children[b"iref"]
        wide = self.data[box.body] == 1
        found = []
        for each in boxes(self.data, box.body + 4, box.end):
            sender, count = struct.unpack_from(">LH" if wide else ">HH", self.data, each.body)
            form = f">{count}{'L' if wide else 'H'}"
            receivers = struct.unpack_from(form, self.data, each.body + (6 if wide else 4))
            found.append((each.kind, sender, list(receivers), self.data[each.start : each.end]))
        return found

    def _read_properties(self) -> list[Box]:
        box = self.children.get(b"iprp")
        inner = list(boxes(self.data, box.body, box.end)) if box else []
        if [each.kind for each in inner] != [b"ipco", b"ipma"]:
            raise Unstrippable("properties of another kind")
        self._ipco, self.ipma = inner
        return list(boxes(self.data, self._ipco.body, self._ipco.end))

    def _read_associations(self) -> dict[int, tuple[bytes, list[int]]]:
        """Of each item its own bytes in `ipma`, and which properties it has, from 1."""
        content = self.data[self.ipma.body : self.ipma.end]
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
        waiting = [self.primary]
        while waiting:
            item = waiting.pop()
            if item in kept:
                continue
            kept.add(item)
            for kind, sender, receivers, _ in self.references:
                if kind == b"dimg" and sender == item:
                    waiting += receivers
                elif kind == b"auxl" and item in receivers and self._is_alpha(sender):
                    waiting.append(sender)
        if not kept <= {*self.kinds} or not kept <= {*self.places}:
            raise Unstrippable("an item that is not listed")
        return kept

    def _is_alpha(self, item: int) -> bool:
        _, indices = self.associations.get(item, (b"", []))
        said = [self.properties[index - 1] for index in indices if index]
        return any(
            box.kind == b"auxC" and self.data[box.body + 4 : box.end].startswith(_ALPHA)
            for box in said
        )

    def extents_in_file(self, kept: set[int]) -> list[Extent]:
        """Where in the file the kept items lie. Raises Unstrippable for one up to its end."""
        return self.extents(kept, IN_FILE)

    def extents(self, kept: set[int], method: int) -> list[Extent]:
        places = [self.places[item] for item in kept]
        extents = [e for place in places if place.method == method for e in place.extents]
        if any(length == 0 for _, length in extents):
            raise Unstrippable("an item without a length")
        return extents


def _number(content: bytes, at: int, size: int) -> tuple[int, int]:
    """A whole number of so many bytes, and where the next begins. Raises Misbuilt."""
    if at + size > len(content):
        raise Misbuilt("a number that is cut off")
    return int.from_bytes(content[at : at + size]), at + size
