"""A WebP without EXIF, XMP and chunks that are not known."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from curation.vision.bare.errors import Unstrippable
from curation.vision.bare.orientation import UPRIGHT, minimal_exif, orientation_of

_PIXELS = frozenset((b"VP8 ", b"VP8L", b"ALPH"))
_HEADER = b"VP8X"
_KEPT = _PIXELS | {_HEADER, b"ICCP", b"ANIM"}
_EXIF_FLAG, _XMP_FLAG = 0x08, 0x04
_FRAME_HEADER = 16


def bare_webp(data: bytes) -> bytes:
    """The same picture with its colour profile and orientation, and nothing that is told of it.

    Raises Unstrippable.
    """
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP":
        raise Unstrippable("no WebP")
    end = 8 + int.from_bytes(data[4:8], "little")
    if end > len(data):
        raise Unstrippable("it is cut off")
    kept: list[tuple[bytes, bytes]] = []
    told: dict[bytes, bytes] = {}
    for kind, content in _chunks(data[12:end]):
        if kind == b"ANMF":
            kept.append((kind, _bare_frame(content)))
        elif kind in _KEPT:
            kept.append((kind, content))
        else:
            told.setdefault(kind, content)
    kinds = {kind for kind, _ in kept}
    turned = orientation_of(told.get(b"EXIF", b""), told.get(b"XMP ", b""))
    if not kinds & {*_PIXELS, b"ANMF"} or (turned != UPRIGHT and _HEADER not in kinds):
        raise Unstrippable("no pixels, or metadata in a file that has no room for any")
    if turned != UPRIGHT:
        kept.append((b"EXIF", minimal_exif(turned)))
    body = b"WEBP" + b"".join(
        _chunk(kind, _flagged(content, turned) if kind == _HEADER else content)
        for kind, content in kept
    )
    return b"RIFF" + struct.pack("<L", len(body)) + body


def _flagged(header: bytes, turned: int) -> bytes:
    """The extended header, saying only what there still is."""
    if len(header) < 10:
        raise Unstrippable("a header that is cut off")
    flags = header[0] & ~(_EXIF_FLAG | _XMP_FLAG)
    return bytes((flags | (_EXIF_FLAG if turned != UPRIGHT else 0),)) + header[1:10]


def _bare_frame(content: bytes) -> bytes:
    header, rest = content[:_FRAME_HEADER], content[_FRAME_HEADER:]
    pixels = (_chunk(kind, part) for kind, part in _chunks(rest) if kind in _PIXELS)
    return header + b"".join(pixels)


def _chunk(kind: bytes, content: bytes) -> bytes:
    return kind + struct.pack("<L", len(content)) + content + b"\0" * (len(content) % 2)


def _chunks(body: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 0
    while at < len(body):
        if at + 8 > len(body):
            raise Unstrippable("a chunk that is cut off")
        kind, length = struct.unpack_from("<4sL", body, at)
        if at + 8 + length > len(body):
            raise Unstrippable("a chunk that is cut off")
        yield kind, body[at + 8 : at + 8 + length]
        at += 8 + length + length % 2
