"""A picture so small that thousands can be compared pixel by pixel."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from curation.vision.alignment import Rgb
from curation.vision.bars import without_bars
from curation.vision.boxes import Box
from curation.vision.levels import Levels
from curation.vision.resize import in_gray

SIDE = 64
"""Longest side of a sketch, in pixels."""
_FIRST_SIDE = 320

Spot = tuple[float, float, float]
"""A face: its centre, x and y, and its width, in pixels of the sketch; it may lie outside."""


@dataclass(frozen=True, slots=True, eq=False)
class Sketch:
    """What is left of a picture without colour, details and the bars around it."""

    gray: NDArray[np.uint8]
    """(H, W)."""
    face: Spot | None
    """The largest."""


def sketch_of(picture: Rgb | Levels, face: Box | None = None) -> Sketch:
    """The sketch of an (H, W, 3) picture with the box of its largest face, in its pixels."""
    levels = Levels.of(picture)
    whole = in_gray(levels.at_most(_FIRST_SIDE))
    shrink = max(whole.shape) / levels.longer_side
    rows, columns = without_bars(whole)
    inner = whole[rows, columns]
    scale = SIDE / max(inner.shape)
    size = max(8, round(inner.shape[1] * scale)), max(8, round(inner.shape[0] * scale))
    gray = cv2.resize(inner, size, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)
    if face is None:
        return Sketch(gray, None)
    left, top, right, bottom = (edge * shrink for edge in face)
    x, y = (left + right) / 2 - columns.start, (top + bottom) / 2 - rows.start
    return Sketch(gray, (x * scale, y * scale, (right - left) * scale))
