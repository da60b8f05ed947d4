"""A GIF without comments and without what programs wrote into it."""

from __future__ import annotations

from curation.vision.bare.errors import Unstrippable

SIGNATURES = (b"GIF87a", b"GIF89a")
_IMAGE, _EXTENSION, _END = 0x2C, 0x21, 0x3B
_CONTROL, _APPLICATION = 0xF9, 0xFF
_LOOPING = (b"NETSCAPE2.0", b"ANIMEXTS1.0")


def bare_gif(data: bytes) -> bytes:
    """The same picture, and how often it repeats; nothing else. Raises Unstrippable."""
    reader = _Reader(data)
    header = reader.take(13)
    kept = [header, reader.take(_table_size(header[10]))]
    while (kind := reader.take(1)[0]) != _END:
        if kind == _IMAGE:
            frame = reader.take(9)
            kept += [b"\x2c", frame, reader.take(_table_size(frame[8])), reader.take(1)]
            kept.append(_joined(reader.blocks()))
        elif kind == _EXTENSION:
            label = reader.take(1)[0]
            kept.append(_bare_extension(label, reader.blocks()))
        else:
            raise Unstrippable(f"block {kind:02x}")
    return b"".join((*kept, b"\x3b"))


def _bare_extension(label: int, blocks: list[bytes]) -> bytes:
    """The extension if the picture is drawn by it, else nothing."""
    if label == _CONTROL and blocks:
        return b"\x21\xf9" + _joined(blocks[:1])
    if label == _APPLICATION and blocks and blocks[0] in _LOOPING and len(blocks) > 1:
        return b"\x21\xff" + _joined([blocks[0], blocks[1][:3]])
    return b""


def _joined(blocks: list[bytes]) -> bytes:
    return b"".join((*(bytes((len(block),)) + block for block in blocks), b"\0"))


def _table_size(flags: int) -> int:
    return 3 * 2 ** ((flags & 7) + 1) if flags & 0x80 else 0


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    def take(self, num: int) -> bytes:
        """The next bytes, all of them. Raises Unstrippable."""
        piece = self._data[self._at : self._at + num]
        if len(piece) < num:
            raise Unstrippable("it is cut off")
        self._at += num
        return piece

    def blocks(self) -> list[bytes]:
        """The pieces that follow, up to the empty one."""
        found = []
        while length := self.take(1)[0]:
            found.append(self.take(length))
        return found
