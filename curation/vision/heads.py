"""Head detection, from every side."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from curation.vision.boxes import Box, shared_part
from curation.vision.networks import Floats, NetworkFile, as_input, rectified
from curation.vision.resize import resized

_PIXELS = 110_000
"""Of the copy that is searched: a head of a fifth of a photo's longer side is just detected."""
_WINDOW = 80
"""Window of the network in pixels; other sizes by scaling."""
_SHRINK = 0.7
_SMALLEST_SIDE = 60
_STEP, _FIRST = 8, 14
"""Pixels between two places the network looks at, and where the middle of the first one is."""


class HeadNetwork:
    """dlib's detector network: 7 convolutions that score every position of a picture."""

    def __init__(self, path: Path) -> None:
        """Reads `mmod_human_face_detector.dat`."""
        file = NetworkFile(path)
        self._hidden = [
            file.convolution(3, 16, 5, stride=2, norm="bn_con2"),
            file.convolution(16, 32, 5, stride=2, norm="bn_con2"),
            file.convolution(32, 32, 5, stride=2, norm="bn_con2"),
            file.convolution(32, 45, 5, norm="bn_con2"),
            file.convolution(45, 45, 5, norm="bn_con2"),
            file.convolution(45, 45, 5, norm="bn_con2"),
        ]
        self._last = file.convolution(45, 1, 9)

    def scores(self, rgb: NDArray[np.uint8]) -> Floats:
        """Score of a head 80 pixels high at every 8th pixel; the threshold is 0."""
        x = as_input(rgb)
        for convolution in self._hidden:
            x = rectified(convolution(x))
        return self._last(x)[..., 0]

    def find(self, rgb: NDArray[np.uint8]) -> list[Box]:
        """The heads in an (H, W, 3) picture, by descending score, in its own pixels."""
        scale = math.sqrt(_PIXELS / (rgb.shape[0] * rgb.shape[1]))
        windows: list[tuple[float, Box]] = []
        copy = rgb  # each copy is made from the one before: only the first is dear
        while scale * min(rgb.shape[:2]) >= _SMALLEST_SIDE:
            copy = resized(copy, scale * rgb.shape[0] / copy.shape[0])
            scores = self.scores(copy)
            for row, column in np.argwhere(scores > 0):
                box = _window_at(int(row), int(column), scale)
                windows.append((float(scores[row, column]), box))
            scale *= _SHRINK
        return _one_per_head(windows)


def _window_at(row: int, column: int, scale: float) -> Box:
    x, y = _FIRST + _STEP * column, _FIRST + _STEP * row
    half = _WINDOW / 2
    return (x - half) / scale, (y - half) / scale, (x + half) / scale, (y + half) / scale


def _one_per_head(windows: list[tuple[float, Box]]) -> list[Box]:
    """Non-maximum suppression: the best window of each head."""
    heads: list[Box] = []
    for _, box in sorted(windows, reverse=True):
        if all(shared_part(box, head) < 0.4 for head in heads):
            heads.append(box)
    return heads
