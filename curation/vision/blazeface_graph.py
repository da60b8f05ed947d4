"""BlazeFace "back" written anew from its weights: the same sums, sooner, for pictures of any shape.

As it comes it takes squares alone, and its 24 channels and the zeros that widen them keep ONNX
Runtime from its blocked layout: for each addition all numbers are laid out anew. Here channels
come in sixteens, and what is added to some of the channels is added where those are reckoned.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import onnx
from onnx import TensorProto, numpy_helper

from curation.vision.onnx_graph import OnnxGraph
from curation.vision.runtimes import Floats

Shape = tuple[int, int, int, int]
"""Of weights: outputs, inputs, height and width."""

_BLOCK = 16
"""Channels that are kept together where a processor reckons with sixteen numbers at once."""
_BLOCKS = (
    *[(24, False)] * 7,
    *[(24, True), *[(24, False)] * 7],
    *[(48, True), *[(48, False)] * 7],
    *[(96, True), *[(96, False)] * 7],
)
"""Channels of each block, and whether it halves the picture."""
_NUMBERS = 16
"""Of an anchor: its box and its six points."""


def for_any_shape(content: bytes) -> bytes:
    """The network for a picture, bytes (1, H, W, 3), both sides multiples of 32.

    Gives (1, N, 17), score, box and points, of the anchors in cells of 16 pixels, then of those in
    cells of 32. Raises ValueError for another network.
    """
    graph = _Graph(content)
    x = graph.add("Cast", "picture", to=TensorProto.FLOAT)
    x = graph.add("Sub", x, graph.constant(np.float32(127.5)))
    x = graph.add("Mul", x, graph.constant(np.float32(1 / 127.5)))
    x = graph.add("Transpose", x, perm=[0, 3, 1, 2])
    x = graph.add("Relu", graph.convolved(x, (24, 3, 5, 5), halves=True))
    inputs = 24
    for outputs, halves in _BLOCKS:
        x = _block(graph, x, inputs, outputs, halves=halves)
        inputs = outputs
    within = graph.convolved(x, (96, 1, 3, 3), halves=True)
    far = graph.add("Relu", graph.convolved(within, (96, 96, 1, 1)))
    heads = []
    for cells, anchors in ((far, 6), (x, 2)):
        places = graph.row_per_anchor(cells, anchors, _NUMBERS)
        scores = graph.row_per_anchor(cells, anchors, 1)
        heads.append(graph.add("Concat", scores, places, axis=2))
    graph.add("Concat", *reversed(heads), axis=1, output="anchors")
    return graph.serialised(
        name="blazeface",
        takes=("picture", [1, "height", "width", 3]),
        gives=("anchors", [1, "n", 1 + _NUMBERS]),
    )


def _block(graph: _Graph, x: str, inputs: int, outputs: int, *, halves: bool) -> str:
    """Two convolutions, the second of single pixels, and the picture itself added."""
    through = graph.convolved(x, (inputs, 1, 3, 3), halves=halves)
    if halves:
        x = graph.add("MaxPool", x, kernel_shape=[2, 2], strides=[2, 2])
    shape = outputs, inputs, 1, 1
    if inputs == outputs:
        return graph.add("Relu", graph.add("Add", graph.convolved(through, shape), x))
    with_x, alone = graph.convolved_in_two(through, shape, first=_in_blocks(inputs))
    parts = graph.add("Relu", graph.add("Add", with_x, x)), graph.add("Relu", alone)
    return graph.add("Concat", *parts, axis=1)


def _in_blocks(channels: int) -> int:
    return -(-channels // _BLOCK) * _BLOCK


class _Graph(OnnxGraph):
    """With the convolutions of another network, whose weights are taken one after the other."""

    def __init__(self, content: bytes) -> None:
        super().__init__()
        old = onnx.load_from_string(content).graph
        constants = {each.name: numpy_helper.to_array(each) for each in old.initializer}
        self._weights: Iterator[list[Floats]] = (
            [constants[name] for name in node.input[1:]]
            for node in old.node
            if node.op_type == "Conv"
        )

    def convolved(self, x: str, shape: Shape, *, halves: bool = False) -> str:
        """`x` by the next weights, which have this shape; of one input for each channel alone."""
        return self._convolved(x, *self._next(shape), halves=halves)

    def convolved_in_two(self, x: str, shape: Shape, *, first: int) -> tuple[str, str]:
        """The same, the first so many channels and the others."""
        weights, bias = self._next(shape)
        return (
            self._convolved(x, weights[:first], bias[:first]),
            self._convolved(x, weights[first:], bias[first:]),
        )

    def row_per_anchor(self, x: str, anchors: int, numbers: int) -> str:
        """What the next weights say of each cell's anchors, (1, N, numbers)."""
        weights, bias = self._next((anchors * numbers, 96, 1, 1))
        said = self._convolved(x, weights[: anchors * numbers], bias[: anchors * numbers])
        said = self.add("Transpose", said, perm=[0, 2, 3, 1])
        return self.add("Reshape", said, self.constant(np.array([1, -1, numbers])))

    def _convolved(self, x: str, weights: Floats, bias: Floats, *, halves: bool = False) -> str:
        kernel = weights.shape[2]
        before = (kernel - 1) // 2 - halves  # like TensorFlow: the odd pixel comes after
        return self.add(
            "Conv",
            x,
            self.constant(weights),
            self.constant(bias),
            strides=[1 + halves] * 2,
            pads=[before] * 2 + [(kernel - 1) // 2] * 2,
            group=len(weights) if weights.shape[1] == 1 else 1,
        )

    def _next(self, shape: Shape) -> tuple[Floats, Floats]:
        """The next weights and their bias, with zeros up to whole blocks of channels."""
        weights, *bias = next(self._weights, [np.empty(0, np.float32)])
        if weights.shape != shape:
            raise ValueError("this is not the network that was expected")
        outputs, inputs = shape[:2]
        more = _in_blocks(outputs) - outputs
        more_inputs = _in_blocks(inputs) - inputs if inputs > 3 else 0
        (shift,) = bias or [np.zeros(outputs, np.float32)]
        weights = np.pad(weights, [(0, more), (0, more_inputs), (0, 0), (0, 0)])
        return weights, np.pad(shift, (0, more))
