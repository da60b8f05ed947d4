"""Reads networks as dlib saved them.

The dlib wheels are built without a matrix library: their networks take many times as long as the
same numbers elsewhere. The results are the same to the sixth digit.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from curation.vision.runtimes import Floats


@dataclass(frozen=True, slots=True)
class DlibConvolution:
    """One convolution, with the normalisation that follows it folded in."""

    weights: Floats
    """(outputs, inputs, kernel, kernel)."""
    bias: Floats
    """(outputs,)."""
    kernel: int
    stride: int

    def channels(self, first: int, end: int) -> DlibConvolution:
        """The convolution that makes these of its outputs alone."""
        return replace(self, weights=self.weights[first:end], bias=self.bias[first:end])


class NetworkFile:
    """A network as dlib saved it, read from its first layer to its last.

    Only the layers' numbers are read: their order and shape are what the reader must know.
    Reading raises ValueError when the file holds another network.
    """

    def __init__(self, path: Path) -> None:
        self._bytes = path.read_bytes()
        self._at = 0

    def convolution(
        self, inputs: int, outputs: int, kernel: int, *, stride: int = 1
    ) -> DlibConvolution:
        """The next convolution, with what multiplies and shifts each channel behind it."""
        self.enter("con_4")
        numbers = self.tensor((outputs * inputs * kernel**2 + outputs,))
        weights = numbers[:-outputs].reshape(outputs, inputs, kernel, kernel)
        self.enter("affine_")
        gain, shift = self.tensor((2 * outputs,)).reshape(2, outputs)
        return DlibConvolution(
            weights * gain[:, None, None, None], numbers[-outputs:] * gain + shift, kernel, stride
        )

    def enter(self, layer: str) -> None:
        """Goes behind the name of the next layer of this kind."""
        name = bytes([1, len(layer)]) + layer.encode()
        self._at = self._bytes.index(name, self._at) + len(name)

    def integers(self, count: int) -> list[int]:
        """dlib's integers: a byte with the length, its top bit the sign, then the digits."""
        numbers = []
        for _ in range(count):
            head = self._bytes[self._at]
            end = self._at + 1 + (head & 0x0F)
            size = int.from_bytes(self._bytes[self._at + 1 : end], "little")
            numbers.append(-size if head & 0x80 else size)
            self._at = end
        return numbers

    def tensor(self, shape: tuple[int, ...]) -> Floats:
        """The numbers that come next, in this shape."""
        version, *sizes = self.integers(5)
        count = math.prod(sizes)
        if version != 2 or count != math.prod(shape):
            raise ValueError("this is not the network that was expected")
        numbers = np.frombuffer(self._bytes, "<f4", count, self._at)
        self._at += 4 * count
        return numbers.astype(np.float32).reshape(shape)
