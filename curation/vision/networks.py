"""Runs dlib's trained networks with numpy.

The dlib wheels are built without a matrix library: their networks take five times as long as
the same numbers multiplied by numpy. The results are the same to the sixth digit.
"""

from __future__ import annotations

import math
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from threadpoolctl import ThreadpoolController

Floats = NDArray[np.float32]

_MEAN_COLOUR = np.array([122.782, 117.001, 104.298], np.float32)
_BATCH_NORM_EPSILON = 1e-4
_NUMBERS_AT_ONCE = 250_000
"""What is laid out for one multiplication stays in the processor's cache: a sixth less time."""


def as_input(rgb: NDArray[np.uint8]) -> Floats:
    """An (H, W, 3) picture as dlib's networks were trained to see it: about -0.5 to 0.5."""
    return (rgb.astype(np.float32) - _MEAN_COLOUR) / np.float32(256)


def rectified(x: Floats) -> Floats:
    """`x`, with zeros instead of what is negative; overwrites `x`."""
    return np.maximum(x, 0, out=x)


def _one_thread() -> AbstractContextManager[object]:
    """Multiplies on one processor: pictures are many, and a worker has neighbours.

    With a thread per processor the threads wait for each other, and on a busy machine for ever
    longer: four to eight times as long with ten other processes about.
    """
    limit: AbstractContextManager[object] = _threads().limit(limits=1, user_api="blas")
    return limit


@cache
def _threads() -> ThreadpoolController:
    return ThreadpoolController()


@dataclass(frozen=True, slots=True)
class DlibConvolution:
    """One convolution, with the normalisation that follows it folded in."""

    weights: Floats
    """(kernel * kernel * inputs, outputs)."""
    bias: Floats
    """(outputs,)."""
    kernel: int
    stride: int

    def __call__(self, x: Floats) -> Floats:
        """(H, W, inputs) to (H', W', outputs); like dlib it pads only when the stride is 1."""
        if self.stride == 1:
            edge = self.kernel // 2
            x = np.pad(x, ((edge, edge), (edge, edge), (0, 0)))
        windows = sliding_window_view(x, (self.kernel, self.kernel), axis=(0, 1))
        windows = windows[:: self.stride, :: self.stride].transpose(0, 1, 3, 4, 2)
        height, width = windows.shape[:2]
        size, outputs = self.weights.shape
        y = np.empty((height, width, outputs), np.float32)
        rows = max(1, _NUMBERS_AT_ONCE // (width * size))
        with _one_thread():
            for top in range(0, height, rows):
                part = windows[top : top + rows].reshape(-1, size)
                np.matmul(part, self.weights, out=y[top : top + rows].reshape(-1, outputs))
        y += self.bias
        return y


class NetworkFile:
    """A network as dlib saved it, read from its first layer to its last.

    Only the layers' numbers are read: their order and shape are what the reader must know.
    Reading raises ValueError when the file holds another network.
    """

    def __init__(self, path: Path) -> None:
        self._bytes = path.read_bytes()
        self._at = 0

    def convolution(
        self, inputs: int, outputs: int, kernel: int, *, stride: int = 1, norm: str | None = None
    ) -> DlibConvolution:
        """The next convolution, and the layer named `norm` behind it: "affine_" or "bn_con2"."""
        self.enter("con_4")
        numbers = self.tensor((outputs * inputs * kernel**2 + outputs,))
        weights, bias = numbers[:-outputs].reshape(outputs, -1), numbers[-outputs:]
        if norm is not None:
            gain, shift = self._normalisation(norm, outputs)
            weights, bias = weights * gain[:, None], bias * gain + shift
        by_pixel = weights.reshape(outputs, inputs, kernel, kernel).transpose(2, 3, 1, 0)
        return DlibConvolution(
            np.ascontiguousarray(by_pixel.reshape(-1, outputs)), bias, kernel, stride
        )

    def _normalisation(self, norm: str, channels: int) -> tuple[Floats, Floats]:
        """What to multiply each channel by, and what to add then."""
        self.enter(norm)
        numbers = self.tensor((2 * channels,))
        gain, shift = numbers[:channels], numbers[channels:]
        if norm == "bn_con2":
            self.integers(10)  # where gain and shift lie in `numbers`
            _, _, mean, variance = (self.tensor((channels,)) for _ in range(4))
            gain = gain / np.sqrt(variance + np.float32(_BATCH_NORM_EPSILON))
            shift = shift - mean * gain
        return gain, shift

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
