"""The identity descriptor: 128 numbers, close for two faces of one person."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from curation.vision.networks import DlibConvolution, Floats, NetworkFile, as_input, rectified

CHIP_SIZE = 150
CHIP_PADDING = 0.25

# Channels of each block, and whether it halves the picture.
_BLOCKS = (
    *[(32, False)] * 3,
    *[(64, True), *[(64, False)] * 3],
    *[(128, True), *[(128, False)] * 2],
    *[(256, True), *[(256, False)] * 2],
    (256, True),
)


@dataclass(frozen=True, slots=True)
class _Block:
    """Two convolutions, and a way around them."""

    first: DlibConvolution
    second: DlibConvolution

    def __call__(self, x: Floats) -> Floats:
        through = self.second(rectified(self.first(x)))
        around = _halved(x) if self.first.stride == 2 else x
        # The two differ in channels, and by a pixel where the size was odd: dlib adds them
        # from the corner on and takes what is missing as zero.
        (h1, w1, c1), (h2, w2, c2) = through.shape, around.shape
        total = np.zeros((max(h1, h2), max(w1, w2), max(c1, c2)), np.float32)
        total[:h1, :w1, :c1] = through
        total[:h2, :w2, :c2] += around
        return rectified(total)


class DescriptorNetwork:
    """dlib's face recognition network: 29 convolutions, trained to tell people apart."""

    def __init__(self, path: Path) -> None:
        """Reads `dlib_face_recognition_resnet_model_v1.dat`."""
        file = NetworkFile(path)
        self._first = file.convolution(3, 32, 7, stride=2, norm="affine_")
        self._blocks = []
        inputs = 32
        for outputs, halves in _BLOCKS:
            first = file.convolution(inputs, outputs, 3, stride=2 if halves else 1, norm="affine_")
            second = file.convolution(outputs, outputs, 3, norm="affine_")
            self._blocks.append(_Block(first, second))
            inputs = outputs
        file.enter("fc_2")
        file.integers(2)
        self._last = file.tensor((256, 128))

    def describe(self, chip: NDArray[np.uint8]) -> Floats:
        """The (128,) descriptor of an upright face cut out as (150, 150, 3).

        Two of one person are usually less than 0.6 apart.
        """
        x = rectified(self._first(as_input(chip)))
        x = _largest_of_3x3(x)
        for block in self._blocks:
            x = block(x)
        descriptor: Floats = x.mean(axis=(0, 1)) @ self._last
        return descriptor


def _largest_of_3x3(x: Floats) -> Floats:
    """Every second pixel, as the largest of its 3 x 3 neighbourhood per channel."""
    height, width = (x.shape[0] - 1) // 2, (x.shape[1] - 1) // 2
    shifted = [
        x[row : row + 2 * height : 2, column : column + 2 * width : 2]
        for row in range(3)
        for column in range(3)
    ]
    largest: Floats = np.maximum.reduce(shifted)
    return largest


def _halved(x: Floats) -> Floats:
    """The mean of every 2 x 2 pixels; an odd last row or column is dropped."""
    height, width, channels = x.shape[0] // 2, x.shape[1] // 2, x.shape[2]
    squares = x[: 2 * height, : 2 * width].reshape(height, 2, width, 2, channels)
    means: Floats = squares.mean(axis=(1, 3))
    return means
