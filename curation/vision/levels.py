"""A picture and smaller copies of it, so that what is small is not made from all its pixels."""

from __future__ import annotations

import math
from functools import cached_property

import cv2
import numpy as np

from curation.vision.alignment import Matrix, Rgb

SMALL_SIDE = 256
_LARGE = 2**26
"""Bytes of a picture of which only the copies that are asked for are kept, for want of memory."""


class Levels:
    """A picture (H, W, 3) and copies, each half as large as the one before, made when needed."""

    def __init__(self, rgb: Rgb) -> None:
        self.rgb = rgb
        self._halved = {0: rgb}

    @staticmethod
    def of(picture: Rgb | Levels) -> Levels:
        return picture if isinstance(picture, Levels) else Levels(picture)

    @property
    def height(self) -> int:
        return int(self.rgb.shape[0])

    @property
    def width(self) -> int:
        return int(self.rgb.shape[1])

    @property
    def longer_side(self) -> int:
        return max(self.height, self.width)

    @cached_property
    def small(self) -> Rgb:
        """The whole picture with a longer side of `SMALL_SIDE` pixels; itself if it is smaller."""
        return self.at_most(SMALL_SIDE)

    def at_most(self, longer_side: int) -> Rgb:
        """The whole picture with a longer side of so many pixels; itself if it is smaller."""
        scale = longer_side / self.longer_side
        if scale >= 1:
            return self.rgb
        size = max(1, round(self.width * scale)), max(1, round(self.height * scale))
        level = self._whole(self._halvings(scale))
        return cv2.resize(level, size, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)

    def as_square(self, side: int) -> Rgb:
        """The whole picture (side, side, 3), whatever its own shape is."""
        level = self._whole(self._halvings(side / min(self.height, self.width)))
        how = cv2.INTER_AREA if min(level.shape[:2]) > side else cv2.INTER_LINEAR
        return cv2.resize(level, (side, side), interpolation=how).astype(np.uint8, copy=False)

    def cut(self, matrix: Matrix, *, size: int) -> Rgb:
        """The crop (size, size, 3) that a matrix (2, 3) cuts out, from the copy that fits it.

        What lies outside the picture repeats its edge.
        """
        halvings = self._halvings(math.sqrt(abs(np.linalg.det(matrix[:, :2]))))
        if halvings:
            step = 2**halvings
            matrix = matrix.copy()
            # Pixels' centres are whole numbers: the first of a copy lies amid those that it is of.
            matrix[:, 2] += matrix[:, :2].sum(axis=1) * ((step - 1) / 2)
            matrix[:, :2] *= step
        crop = cv2.warpAffine(
            self._level(halvings),
            matrix,
            (size, size),
            flags=cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REPLICATE,
        )
        return crop.astype(np.uint8, copy=False)

    def _halvings(self, scale: float) -> int:
        """How often the picture is halved to be at most twice as large as one of this scale."""
        most = int(math.log2(max(1, min(self.height, self.width))))
        return min(max(0, math.floor(math.log2(1 / max(scale, 1e-6)))), most)

    def _whole(self, halvings: int) -> Rgb:
        """The copy up to the end of the picture, which may lie within its last row and column."""
        step = 2**halvings
        return self._level(halvings)[: round(self.height / step), : round(self.width / step)]

    def _level(self, halvings: int) -> Rgb:
        if halvings not in self._halved:
            is_large = self.rgb.size > _LARGE
            larger = self.rgb if is_large else _even(self._level(halvings - 1))
            step = 2**halvings if is_large else 2
            height, width = larger.shape[0] // step, larger.shape[1] // step
            whole = larger[: height * step, : width * step]  # all, but of what is large
            half = cv2.resize(whole, (width, height), interpolation=cv2.INTER_AREA)
            self._halved[halvings] = half.astype(np.uint8, copy=False)
        return self._halved[halvings]


def _even(rgb: Rgb) -> Rgb:
    """With its last row and column once more where they would be half of a pixel alone."""
    rows, columns = rgb.shape[0] % 2, rgb.shape[1] % 2
    if not (rows or columns):
        return rgb
    return cv2.copyMakeBorder(rgb, 0, rows, 0, columns, cv2.BORDER_REPLICATE).astype(
        np.uint8, copy=False
    )
