"""A PNG without text, times and chunks that nobody needs to draw it."""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator

from curation.vision.bare.errors import Unstrippable
from curation.vision.bare.orientation import UPRIGHT, minimal_exif, orientation_of
from curation.vision.faceswap_png import OPENING, SIGNATURE, kept_landmarks

_KEPT = frozenset(
    b"IHDR PLTE IDAT IEND tRNS cHRM gAMA iCCP sBIT sRGB cICP pHYs bKGD".split(),
)
_TEXTS = frozenset((b"tEXt", b"zTXt", b"iTXt"))
_MOVING = frozenset((b"acTL", b"fcTL", b"fdAT"))
_LONGEST_TEXT, _MOST_TEXT = 2**20, 2**26
"""Bytes of one text and of all of them, unpacked; Pillow reads no more either."""
_EXIF, _RAW_EXIF, _XMP = b"exif", b"Raw profile type exif", b"XML:com.adobe.xmp"


def bare_png(data: bytes) -> bytes:
    """The same picture with its colours and orientation, and nothing that is told of it.

    The landmarks that faceswap left in its crops stay, without the names of the films that they
    came from. Raises Unstrippable.
    """
    kept: list[bytes] = []
    said = _Said()
    for kind, content, whole in _chunks(data):
        if kind in _KEPT:
            kept.append(whole)
        elif kind in _MOVING or kind[0] & 0x20 == 0:
            raise Unstrippable("it moves, or cannot be drawn without a chunk that is not known")
        else:
            said.hear(kind, content)
    behind_header = 1
    if (landmarks := kept_landmarks(data)) is not None:
        kept.insert(behind_header, _chunk(b"iTXt", OPENING + b"\0\0\0" + landmarks))
    if (turned := said.orientation) != UPRIGHT:
        kept.insert(behind_header, _chunk(b"eXIf", minimal_exif(turned)))
    return SIGNATURE + b"".join(kept)


class _Said:
    """What is told of a picture, as far as it says how the picture is turned."""

    def __init__(self) -> None:
        self._exif = self._raw_exif = self._xmp = b""
        self._room = _MOST_TEXT

    @property
    def orientation(self) -> int:
        return orientation_of(self._exif or self._raw_exif, self._xmp)

    def hear(self, kind: bytes, content: bytes) -> None:
        """A chunk that the pixels are not drawn from. Raises Unstrippable."""
        keyword, text = (_EXIF, content) if kind == b"eXIf" else (b"", b"")
        if kind in _TEXTS:
            keyword, text = _text(kind, content)
        self._room -= len(text)
        if self._room < 0:
            raise Unstrippable("too much text")
        if keyword == _EXIF:
            self._exif = text
        elif keyword == _RAW_EXIF:
            self._raw_exif = _from_hex(text)
        elif keyword == _XMP:
            self._xmp = text


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes, bytes]]:
    """Kind, content and the whole of each chunk, up to the last; what follows it is not looked at.

    Raises Unstrippable when one is cut off or damaged, or when the first is not the header.
    """
    at = len(SIGNATURE)
    while True:
        if at + 12 > len(data):
            raise Unstrippable("no end")
        length, kind = struct.unpack_from(">L4s", data, at)
        end = at + 12 + length
        if end > len(data) or (at == len(SIGNATURE)) != (kind == b"IHDR"):
            raise Unstrippable("a chunk that is cut off, or out of its place")
        if kind in _KEPT and zlib.crc32(data[at + 4 : end - 4]) != int.from_bytes(
            data[end - 4 : end]
        ):
            raise Unstrippable("a damaged chunk")
        yield kind, data[at + 8 : end - 4], data[at:end]
        if kind == b"IEND":
            return
        at = end


def _chunk(kind: bytes, content: bytes) -> bytes:
    checksum = zlib.crc32(kind + content)
    return struct.pack(">L", len(content)) + kind + content + struct.pack(">L", checksum)


def _text(kind: bytes, content: bytes) -> tuple[bytes, bytes]:
    """A text's keyword, and as much of it as anybody reads; none of it where nobody does."""
    keyword, _, rest = content.partition(b"\0")
    if keyword not in {_EXIF, _RAW_EXIF, _XMP}:
        return keyword, b""
    is_packed = kind == b"zTXt"
    if kind == b"zTXt":
        rest = rest[1:]
    elif kind == b"iTXt":
        is_packed, rest = rest[:1] == b"\1", rest[2:].split(b"\0", 2)[-1]
    if is_packed:
        try:
            rest = zlib.decompressobj().decompress(rest, _LONGEST_TEXT)
        except zlib.error:
            rest = b""
    return keyword, rest[:_LONGEST_TEXT]


def _from_hex(text: bytes) -> bytes:
    """What ImageMagick writes: a name and a length, then the block in hex. Empty if it is none."""
    lines = text.split(b"\n")[3:]
    digits = re.sub(rb"\s", b"", b"".join(lines))
    try:
        return bytes.fromhex(digits.decode("ascii"))
    except ValueError:
        return b""
