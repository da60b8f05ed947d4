"""JPEGs that break off behind their last pixel: only the marker of their end is missing.

Browsers show them whole; Pillow refuses them with all others that were cut off, and with a marker
put behind them it would take those too, and fill up with gray.
"""

from __future__ import annotations

import re
import zlib
from contextlib import suppress
from io import BytesIO
from random import Random

from PIL import Image

from curation.vision.headers import END_OF_IMAGE, RESTARTS_EVERY, START_OF_SCAN, jpeg_segments

END = bytes((0xFF, END_OF_IMAGE))
_HUFFMAN_FRAMES = frozenset((0xC0, 0xC1, 0xC2))
_LAST_BYTES = 16
"""Of the pixels; a file that was filled up with zeros or notes ends in others."""
_NUM_FILLING = 8192
"""Bytes: more than a decoder wants to have before it at any time."""
_RESTART = re.compile(rb"\xff([\xd0-\xd7])")
_NUM_RESTARTS = 8
_NUM_COEFFICIENTS = 64


def lacks_end(data: bytes) -> bool:
    """Whether a JPEG breaks off before the end of its first picture."""
    return not data.endswith(END) and END_OF_IMAGE not in (kind for kind, _ in jpeg_segments(data))


def ended(data: bytes) -> bytes:
    """A JPEG that lacks its end, with it."""
    return _without_half_marker(data) + END


def holds_all_pixels(data: bytes) -> bool:
    """Whether of a JPEG that lacks its end nothing else is missing.

    Whatever stands behind it changes no pixel then, and whatever stands in the place of its last
    bytes does. So one that breaks off earlier is told, and one that was filled up with zeros.
    Decodes the picture four times: check first what it claims.
    """
    body = _without_half_marker(data)
    return _is_settled(body) and not _is_settled(_without_half_marker(body[:-_LAST_BYTES]))


def _without_half_marker(data: bytes) -> bytes:
    return data.rstrip(b"\xff")


def _has_all_scans(data: bytes) -> bool:
    """Whether each coefficient of each component came, to its last bit, in some scan."""
    is_told, wanted = False, set[tuple[int, int]]()
    for kind, content in jpeg_segments(data):
        if kind in _HUFFMAN_FRAMES and len(content) > 5:
            components = content[6 : 6 + 3 * content[5] : 3]
            wanted = {(each, n) for each in components for n in range(_NUM_COEFFICIENTS)}
            is_told = True
        elif kind == START_OF_SCAN and content and len(content) == 4 + 2 * content[0]:
            first, last, bits = content[-3:]
            if bits & 0x0F == 0:
                came = content[1 : 1 + 2 * content[0] : 2]
                wanted -= {(each, n) for each in came for n in range(first, last + 1)}
    return is_told and not wanted


def _is_settled(body: bytes) -> bool:
    """Whether all scans have begun, and the picture is the same whatever follows."""
    if not _has_all_scans(body):
        return False
    one, other = (_pixels(body + _tail(body, filling)) for filling in _fillings())
    return one is not None and one == other


def _fillings() -> tuple[bytes, bytes]:
    """By chance, and the opposite of that: they begin with other codes, wherever one begins.

    Without 0xFF, which begins a marker.
    """
    chance = Random(0)  # noqa: S311, no secret
    one = bytes(chance.choices(range(1, 0xFF), k=_NUM_FILLING))
    return one, bytes(0xFF - byte for byte in one)


def _tail(body: bytes, filling: bytes) -> bytes:
    """What may follow, also where the decoder looks for restart markers between its lines."""
    if not any(kind == RESTARTS_EVERY and any(content) for kind, content in jpeg_segments(body)):
        return filling + END
    last_scan = body[body.rfind(bytes((0xFF, START_OF_SCAN))) :]
    told = _RESTART.findall(last_scan)
    following = told[-1][0] - 0xD0 + 1 if told else 0
    restarts = (bytes((0xFF, 0xD0 + (following + n) % _NUM_RESTARTS)) for n in range(3))
    return filling + b"".join(restart + filling for restart in restarts) + END


def _pixels(data: bytes) -> int | None:
    """A checksum of all pixels; None where the decoder gives up."""
    with suppress(OSError, SyntaxError), Image.open(BytesIO(data), formats=("JPEG",)) as image:
        return zlib.crc32(image.tobytes())
    return None
