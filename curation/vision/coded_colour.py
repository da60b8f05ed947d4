"""Colours that a file describes by numbers instead of by an ICC profile, as such a profile.

Primaries and transfer functions are those of ITU-T H.273, sections 8.1 and 8.2.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Point = tuple[float, float]
"""A colour's x and y (CIE 1931)."""


class Primaries(NamedTuple):
    """White, and what full red, green and blue look like."""

    white: Point
    red: Point
    green: Point
    blue: Point


_D65 = (0.3127, 0.3290)
SRGB_PRIMARIES = Primaries(_D65, (0.64, 0.33), (0.30, 0.60), (0.15, 0.06))
_NTSC = Primaries(_D65, (0.63, 0.34), (0.31, 0.595), (0.155, 0.07))
_PRIMARIES = {
    1: SRGB_PRIMARIES,
    4: Primaries((0.31, 0.316), (0.67, 0.33), (0.21, 0.71), (0.14, 0.08)),
    5: Primaries(_D65, (0.64, 0.33), (0.29, 0.60), (0.15, 0.06)),
    6: _NTSC,
    7: _NTSC,
    9: Primaries(_D65, (0.708, 0.292), (0.170, 0.797), (0.131, 0.046)),
    11: Primaries((0.314, 0.351), (0.680, 0.320), (0.265, 0.690), (0.150, 0.060)),
    12: Primaries(_D65, (0.680, 0.320), (0.265, 0.690), (0.150, 0.060)),
}
_SRGB = 13
_WHITE_OF_HDR = 406.0
"""cd/m², twice the 203 of ITU-R BT.2408: so Chromium 156 draws HDR pictures onto SDR screens.
What is brighter is white."""


def _pq(value: NDArray[np.float64]) -> NDArray[np.float64]:
    root = value ** (1 / 78.84375)
    light = np.maximum(root - 0.8359375, 0) / (18.8515625 - 18.6875 * root)
    return 10_000 / _WHITE_OF_HDR * light ** (1 / 0.1593017578125)


def _hlg(value: NDArray[np.float64]) -> NDArray[np.float64]:
    low, high = value**2 / 3, (np.exp((value - 0.55991073) / 0.17883277) + 0.28466892) / 12
    return 1000 / _WHITE_OF_HDR * np.where(value <= 0.5, low, high) ** 1.2


def _bt1886(value: NDArray[np.float64]) -> NDArray[np.float64]:
    """How pictures and films coded as BT.709 are shown, which is not how they are coded."""
    return value**2.4


def _srgb(value: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


Transfer = Callable[[NDArray[np.float64]], NDArray[np.float64]]
_TRANSFERS: dict[int, Transfer] = {
    1: _bt1886,
    4: lambda value: value**2.2,
    5: lambda value: value**2.8,
    6: _bt1886,
    8: lambda value: value,
    _SRGB: _srgb,
    14: _bt1886,
    15: _bt1886,
    16: _pq,
    17: lambda value: value**2.6,
    18: _hlg,
}
_STEPS = 4096


@cache
def h273_profile(primaries: int, transfer: int) -> bytes | None:
    """The ICC profile of these code points; None for sRGB and for what is not said or not known."""
    points, light = _PRIMARIES.get(primaries), _TRANSFERS.get(transfer)
    if points is None or light is None or (points is SRGB_PRIMARIES and light is _srgb):
        return None
    return _profile(points, light)


@cache
def gamma_profile(primaries: Primaries, exponent: float) -> bytes | None:
    """The ICC profile of numbers whose `exponent`-th power is light.

    None for primaries that no colours can be mixed from.
    """
    return _profile(primaries, lambda value: value**exponent)


def _profile(primaries: Primaries, light: Transfer) -> bytes | None:
    """A profile of matrix and curve (ICC.1:2001-04)."""
    try:
        columns = _to_d50(primaries)
    except (np.linalg.LinAlgError, ZeroDivisionError):
        return None
    if not np.isfinite(columns).all() or np.abs(columns).max() > 2:
        return None
    levels = np.clip(light(np.linspace(0, 1, _STEPS)), 0, 1)
    curve = struct.pack(">4sLL", b"curv", 0, _STEPS)
    curve += np.round(levels * 65535).astype(">u2").tobytes()
    name = b"as coded in the file\0"
    desc = struct.pack(">4sLL", b"desc", 0, len(name)) + name + bytes(78)
    tags = {
        b"desc": desc,
        b"cprt": struct.pack(">4sL", b"text", 0) + b"-\0",
        b"wtpt": _xyz(_D50),
        b"rXYZ": _xyz(columns[:, 0]),
        b"gXYZ": _xyz(columns[:, 1]),
        b"bXYZ": _xyz(columns[:, 2]),
        b"rTRC": curve,
    }
    return _written(tags)


def _written(tags: dict[bytes, bytes]) -> bytes:
    num = len(tags) + 2
    at = 128 + 4 + 12 * num
    table, body = [], []
    for tag, content in tags.items():
        padded = content + bytes(-len(content) % 4)
        places = (b"rTRC", b"gTRC", b"bTRC") if tag == b"rTRC" else (tag,)
        table += [struct.pack(">4sLL", place, at, len(content)) for place in places]
        body.append(padded)
        at += len(padded)
    head = struct.pack(">L4sL4s4s4s", at, b"\0" * 4, 0x02400000, b"mntr", b"RGB ", b"XYZ ")
    head += bytes(12) + b"acsp" + bytes(28) + _xyz(_D50)[8:]
    return head.ljust(128, b"\0") + struct.pack(">L", num) + b"".join((*table, *body))


_D50 = np.array([0.9642, 1.0, 0.8249])
_BRADFORD = np.array(
    [[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]]
)


def _to_d50(primaries: Primaries) -> NDArray[np.float64]:
    """(3, 3): what red, green and blue are in XYZ under D50, as columns."""
    white, *points = (
        np.array([x / y, 1, (1 - x - y) / y]) for x, y in primaries
    )  # fmt: skip
    mixed = np.stack(points, axis=1)
    mixed = mixed * np.linalg.solve(mixed, white)
    scale = np.diag((_BRADFORD @ _D50) / (_BRADFORD @ white))
    adapted: NDArray[np.float64] = np.linalg.inv(_BRADFORD) @ scale @ _BRADFORD @ mixed
    return adapted


def _xyz(numbers: NDArray[np.float64]) -> bytes:
    return struct.pack(">4sL3l", b"XYZ ", 0, *(round(float(n) * 65536) for n in numbers))
