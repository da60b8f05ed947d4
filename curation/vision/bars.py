"""The bars and frames around a picture."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_PLAIN = 12
"""Levels of 256 that a bar may vary by."""
_EDGE, _EDGE_SHARE = 24, 0.4
"""A bar ends at a line of which this share is so many levels lighter or darker."""
_MOST_FRAMES = 3
_LEAST_PICTURE = 0.25
"""Of all pixels; with larger bars there would be hardly any picture."""


def without_bars(gray: NDArray[np.uint8]) -> tuple[slice, slice]:
    """The rows and columns of an (H, W) picture inside the bars and frames around it.

    Films, screens and prints put them there, one inside the other. A plain backdrop is no bar:
    where it ends, only the head rises, not half of the line.
    """
    top, left = 0, 0
    bottom, right = gray.shape
    for _ in range(_MOST_FRAMES):
        inner = gray[top:bottom, left:right]
        bars = _bar(inner), _bar(inner[::-1]), _bar(inner.T), _bar(inner.T[::-1])
        if not any(bars):
            break
        top, bottom, left, right = top + bars[0], bottom - bars[1], left + bars[2], right - bars[3]
    if (bottom - top) * (right - left) < _LEAST_PICTURE * gray.size:
        return slice(0, gray.shape[0]), slice(0, gray.shape[1])
    return slice(top, bottom), slice(left, right)


def _bar(gray: NDArray[np.uint8]) -> int:
    """How many of the first rows are a bar."""
    colour = np.median(gray[0])
    if not _is_plain(gray[:1], colour)[0]:
        return 0
    levels = gray.astype(np.int16)
    is_plain = _is_plain(levels, colour)
    if is_plain.all():
        return 0
    end = int(np.argmin(is_plain))
    # The line where it ends may be half bar, half picture.
    beyond = levels[min(end + 1, len(levels) - 1)]
    return end if (np.abs(beyond - colour) > _EDGE).mean() >= _EDGE_SHARE else 0


def _is_plain(gray: NDArray[np.integer], colour: np.floating) -> NDArray[np.bool_]:
    """Of each row, whether nearly all of it is of this colour."""
    plain: NDArray[np.bool_] = (np.abs(gray - colour) <= _PLAIN).mean(axis=1) > 0.98
    return plain
