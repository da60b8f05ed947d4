"""The identity descriptor: 128 numbers, close for two faces of one person."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
from numpy.typing import NDArray
from onnx import TensorProto

from curation.vision import weights
from curation.vision.alignment import MEAN_FACE, Matrix, Points, Rgb, similarity
from curation.vision.levels import Levels
from curation.vision.networks import DlibConvolution, NetworkFile
from curation.vision.onnx_graph import OnnxGraph
from curation.vision.quantised import quantised, ranges_of
from curation.vision.runtimes import Floats, OnnxNetwork

CHIP_SIZE = 150
_CORNER, _SIDE = (-0.272, -0.221), 1.544
"""Where dlib's chips begin in the core and how far they reach: measured on 198 frontal renders."""

_MEAN_COLOUR = np.array([122.782, 117.001, 104.298], np.float32)

# Channels of each block, and whether it halves the picture.
_BLOCKS = (
    *[(32, False)] * 3,
    *[(64, True), *[(64, False)] * 3],
    *[(128, True), *[(128, False)] * 2],
    *[(256, True), *[(256, False)] * 2],
    (256, True),
)


def describe(picture: Rgb | Levels, landmarks: Points) -> Floats:
    """The (128,) descriptor of the face with these 68 landmarks, averaged with its mirror image.

    Two of one person are usually less than 0.6 apart; a face and its mirror image are one. Raises
    WeightsMissing, and ValueError when all landmarks lie in one place.
    """
    chip = Levels.of(picture).cut(chip_matrix(landmarks), size=CHIP_SIZE)
    both = describe_chips(np.stack([chip, chip[:, ::-1]]))
    mean: Floats = both.mean(axis=0)
    return mean


def chip_matrix(landmarks: Points) -> Matrix:
    """The (2, 3) matrix from a picture to the chip that dlib's network was trained to see."""
    scale = CHIP_SIZE / _SIDE
    matrix: Matrix = similarity(landmarks[17:], MEAN_FACE) * scale
    matrix[:, 2] -= np.array(_CORNER) * scale + 0.5
    return matrix


def describe_chips(chips: NDArray[np.uint8]) -> Floats:
    """The (N, 128) descriptors of upright faces, (N, 150, 150, 3). Raises WeightsMissing."""
    (descriptors,) = _network()(chips)
    return descriptors


@cache
def _network() -> OnnxNetwork:
    return OnnxNetwork(quantised(in_floats(), ranges_of("descriptor")))


def in_floats() -> bytes:
    """dlib's face recognition network, 29 convolutions trained to tell people apart, as ONNX.

    Quantised, two descriptors are less than 0.02 nearer or further. Raises WeightsMissing.
    """
    file = NetworkFile(weights.dlib_model(weights.DESCRIPTOR))
    graph = _Graph()
    x = graph.add("Cast", "chips", to=TensorProto.FLOAT)
    x = graph.add("Transpose", x, perm=[0, 3, 1, 2])
    x = graph.add("Relu", graph.convolved(x, _for_bytes(file.convolution(3, 32, 7, stride=2))))
    x = graph.add("MaxPool", x, kernel_shape=[3, 3], strides=[2, 2])
    side = _halved(_halved(CHIP_SIZE, 7), 3)
    inputs = 32
    for outputs, halves in _BLOCKS:
        first = file.convolution(inputs, outputs, 3, stride=2 if halves else 1)
        second = file.convolution(outputs, outputs, 3)
        within = graph.add("Relu", graph.convolved(x, first))
        if halves:
            x = graph.add("AveragePool", x, kernel_shape=[2, 2], strides=[2, 2])
        # The two differ in channels, and by a pixel where the size was odd: dlib adds them from the
        # corner on and takes what is missing as zero.
        missing = side // 2 - _halved(side, 3) if halves else 0
        side = side // 2 if halves else side
        through = graph.padded(graph.convolved(within, second.channels(0, inputs)), missing)
        x = graph.add("Relu", graph.add("Add", through, x))
        if outputs > inputs:
            alone = graph.convolved(within, second.channels(inputs, outputs))
            x = graph.add("Concat", x, graph.padded(graph.add("Relu", alone), missing), axis=1)
        inputs = outputs
    file.enter("fc_2")
    file.integers(2)
    x = graph.add("ReduceMean", x, graph.constant(np.array([2, 3])), keepdims=0)
    graph.add("MatMul", x, graph.constant(file.tensor((256, 128))), output="descriptors")
    return graph.serialised(
        name="descriptor",
        takes=("chips", ["n", CHIP_SIZE, CHIP_SIZE, 3]),
        gives=("descriptors", ["n", 128]),
    )


def _for_bytes(convolution: DlibConvolution) -> DlibConvolution:
    """The first convolution, with what dlib does to the colours before it."""
    weights = convolution.weights / np.float32(256)
    mean = np.einsum("oikl,i->o", weights, _MEAN_COLOUR)
    return replace(convolution, weights=weights, bias=convolution.bias - mean)


def _halved(side: int, kernel: int) -> int:
    return (side - kernel) // 2 + 1


class _Graph(OnnxGraph):
    """With the layers that dlib's networks are made of."""

    def convolved(self, x: str, by: DlibConvolution) -> str:
        edge = by.kernel // 2 if by.stride == 1 else 0  # like dlib: none where it strides
        return self.add(
            "Conv",
            x,
            self.constant(by.weights),
            self.constant(by.bias),
            strides=[by.stride] * 2,
            pads=[edge] * 4,
        )

    def padded(self, x: str, pixels: int) -> str:
        """`x` with zeros after its last row and column."""
        if not pixels:
            return x
        return self.add("Pad", x, self.constant(np.array([0] * 6 + [pixels] * 2)))
