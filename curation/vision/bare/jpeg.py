"""A JPEG without what its camera, its programs and its owners wrote into it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from curation.vision.bare.errors import Unstrippable
from curation.vision.bare.orientation import EXIF_HEADER, UPRIGHT, minimal_exif, orientation_of

SIGNATURE = b"\xff\xd8\xff"
_SOI, _EOI, _SOS = 0xD8, 0xD9, 0xDA
_APP0, _APP1, _APP2, _APP14 = 0xE0, 0xE1, 0xE2, 0xEE
_PIXELS = frozenset((*range(0xC0, 0xC8), *range(0xC9, 0xD0), 0xDA, 0xDB, 0xDC, 0xDD))
"""Frames, tables, scans, lines and restart intervals: all that the pixels are drawn from."""
_DROPPED = frozenset((*range(0xE0, 0xF0), 0xFE))
"""Application segments and comments; a few of them are part of the picture all the same."""
_XMP = b"http://ns.adobe.com/xap/1.0/\0"
_ICC = b"ICC_PROFILE\0"
_MARKER = re.compile(rb"\xff+([^\xff])", re.DOTALL)
_AFTER_SCAN = re.compile(rb"\xff[^\xff\x00\xd0-\xd7]")
"""A marker that ends a scan's data: in them 0xFF is followed by zero or a restart marker."""


def bare_jpeg(data: bytes) -> bytes:
    """The same picture with its colour profile and orientation, and nothing that is told of it.

    What follows the picture, such as a phone's second one or its film, goes too.
    Raises Unstrippable.
    """
    kept: list[bytes] = []
    exif: list[bytes] = []
    xmp = b""
    for marker, payload, scan in _segments(data):
        if marker == _APP1 and payload.startswith(EXIF_HEADER):
            exif.append(payload[len(EXIF_HEADER) :])
        elif marker == _APP1 and payload.startswith(_XMP):
            xmp = payload[len(_XMP) :]
        elif marker in _PIXELS:
            kept += [_segment(marker, payload), scan]
        elif marker not in _DROPPED:
            raise Unstrippable(f"segment {marker:02x}")
        elif part := _of_the_picture(marker, payload):
            kept.append(_segment(marker, part))
    turned = orientation_of(b"".join(exif), xmp)
    if turned != UPRIGHT:
        # Behind JFIF's segment, which wants to be the first.
        at = 1 if kept and kept[0].startswith(bytes((0xFF, _APP0))) else 0
        kept.insert(at, _segment(_APP1, EXIF_HEADER + minimal_exif(turned)))
    return b"".join((bytes((0xFF, _SOI)), *kept, bytes((0xFF, _EOI))))


def _of_the_picture(marker: int, payload: bytes) -> bytes:
    """What of an application segment says how the pixels are meant; empty where nothing does."""
    if marker == _APP0 and payload.startswith(b"JFIF\0") and len(payload) >= 14:
        return payload[:12] + b"\0\0"  # without the small picture that may follow
    if marker == _APP2 and payload.startswith(_ICC):
        return payload
    if marker == _APP14 and payload.startswith(b"Adobe") and len(payload) >= 12:
        return payload[:12]
    return b""


def _segment(marker: int, payload: bytes) -> bytes:
    return bytes((0xFF, marker)) + (len(payload) + 2).to_bytes(2) + payload


def _segments(data: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    """Marker, content, and for a scan the data that follow it, up to the end of the picture."""
    if not data.startswith(SIGNATURE):
        raise Unstrippable("no JPEG")
    at = 2
    while found := _MARKER.match(data, at):
        marker, at = found[1][0], found.end()
        if marker == _EOI:
            return
        length = int.from_bytes(data[at : at + 2])
        if length < 2 or at + length > len(data):
            raise Unstrippable("a segment that is cut off")
        payload, at = data[at + 2 : at + length], at + length
        scan = b""
        if marker == _SOS:
            end = _AFTER_SCAN.search(data, at)
            # Without an end it is the last one, and `decode` has told that all of it is there.
            until = end.start() if end else len(data)
            scan, at = data[at:until].rstrip(b"\xff"), until
        yield marker, payload, scan
        if at == len(data) and scan:
            return
    raise Unstrippable("no marker where one belongs")
