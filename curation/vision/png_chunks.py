"""The chunks of a PNG: which of them a picture is drawn from, and what colours they mean."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import NamedTuple

from curation.vision.coded_colour import SRGB_PRIMARIES, Primaries, gamma_profile, h273_profile

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_DRAWN_FROM = frozenset((b"tRNS", b"iCCP", b"eXIf", b"acTL", b"fcTL", b"fdAT"))
"""Beside the critical ones. What colours are meant is read here, by `profile_of_png`."""
_TURNED_BY = (b"XML:com.adobe.xmp\0", b"Raw profile type exif\0")
_TEXTS = frozenset((b"tEXt", b"zTXt", b"iTXt"))
_LONGEST_TEXT, _MOST_TEXT = 2**20, 2**24
"""Bytes of one text and of all of them, unpacked."""
_SRGB_GAMMA = 45455
_NEARLY = 5


class Chunk(NamedTuple):
    """Its kind, and where it begins and ends in the file."""

    kind: bytes
    start: int
    end: int


def chunks_of(data: bytes) -> Iterator[Chunk]:
    """The chunks as far as the file goes; one that is cut off is the last."""
    at = len(SIGNATURE)
    while at + 12 <= len(data):
        length, kind = struct.unpack_from(">L4s", data, at)
        end = min(at + 12 + length, len(data))
        yield Chunk(kind, at, end)
        if kind == b"IEND":
            return
        at = end


def drawable_png(data: bytes) -> bytes:
    """The PNG with those chunks alone that it is drawn from.

    As a browser does: a text with a wrong checksum, or one that is too long, is no reason not to
    show a picture. A critical chunk stays, whatever is wrong with it.
    """
    chunks = list(chunks_of(data))
    kept = [chunk for chunk in chunks if _is_drawn_from(data, chunk)]
    if len(kept) == len(chunks):
        return data
    view = memoryview(data)
    behind = chunks[-1].end
    return b"".join(
        (SIGNATURE, *(view[chunk.start : chunk.end] for chunk in kept), view[behind:]),
    )


def _is_drawn_from(data: bytes, chunk: Chunk) -> bool:
    if not chunk.kind[0] & 0x20:
        return True
    if chunk.kind in _TEXTS:
        length = chunk.end - chunk.start - 12
        if length > _LONGEST_TEXT or not data.startswith(_TURNED_BY, chunk.start + 8):
            return False
    elif chunk.kind not in _DRAWN_FROM:
        return False
    return _is_whole(data, chunk)


def _is_whole(data: bytes, chunk: Chunk) -> bool:
    checksum = int.from_bytes(data[chunk.end - 4 : chunk.end])
    return zlib.crc32(memoryview(data)[chunk.start + 4 : chunk.end - 4]) == checksum


def texts_of_png(data: bytes) -> bytes:
    """What is packed in the PNG's texts, unpacked: so many bytes as anybody reads."""
    texts, room = [], _MOST_TEXT
    for chunk in chunks_of(data):
        if chunk.kind not in _TEXTS or room <= 0:
            continue
        keyword, _, rest = data[chunk.start + 8 : chunk.end - 4].partition(b"\0")
        is_packed = chunk.kind == b"zTXt"
        packed = rest[1:]
        if chunk.kind == b"iTXt":
            is_packed, packed = rest[:1] == b"\1", rest[2:].split(b"\0", 2)[-1]
        if is_packed:
            text = _unpacked(packed, min(room, _LONGEST_TEXT))
            texts += [keyword, b"\0", text, b"\0"]
            room -= len(text)
    return b"".join(texts)


def _unpacked(packed: bytes, most: int) -> bytes:
    try:
        return zlib.decompressobj().decompress(packed, most)
    except zlib.error:
        return b""


def profile_of_png(data: bytes) -> bytes | None:
    """The ICC profile of what `cICP`, `gAMA` and `cHRM` say; None for sRGB or where `iCCP` rules.

    Which of them counts is what the PNG specification says, and what Chromium 156 does: `gAMA`
    alone, when it is sRGB's, and `cHRM` without it change nothing.
    """
    said: dict[bytes, bytes] = {}
    for chunk in chunks_of(data):
        if chunk.kind == b"IDAT":
            break
        if chunk.kind in {b"cICP", b"iCCP", b"sRGB", b"gAMA", b"cHRM"} and _is_whole(data, chunk):
            said.setdefault(chunk.kind, data[chunk.start + 8 : chunk.end - 4])
    if len(coded := said.get(b"cICP", b"")) == 4 and coded[2] == 0:
        return h273_profile(coded[0], coded[1])
    if b"iCCP" in said or b"sRGB" in said or len(said.get(b"gAMA", b"")) != 4:
        return None
    gamma = int.from_bytes(said[b"gAMA"])
    primaries = _primaries(said.get(b"cHRM", b""))
    if gamma == 0 or (primaries is None and abs(gamma - _SRGB_GAMMA) <= _NEARLY):
        return None
    return gamma_profile(primaries or SRGB_PRIMARIES, 100_000 / gamma)


def _primaries(content: bytes) -> Primaries | None:
    if len(content) != 32:
        return None
    numbers = tuple(number / 100_000 for number in struct.unpack(">8L", content))
    return Primaries(*zip(numbers[::2], numbers[1::2], strict=True))
