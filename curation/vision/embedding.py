"""What a picture looks like: 96 numbers that textures, edges and materials change.

They come from the middle of a MobileNetV2 (Sandler and others, 2018) that was trained on drawings
and photographs; what it was trained to say is not used. See `weights.py`.
"""

from __future__ import annotations

import base64
import math
import re
from functools import cache

import numpy as np
from numpy.typing import NDArray
from onnx import TensorProto

from curation.vision import weights
from curation.vision.onnx_graph import OnnxGraph
from curation.vision.quantised import quantised, ranges_of
from curation.vision.runtimes import Floats, OnnxNetwork

NUM_FEATURES = 96

_STRIDES = (1, 2, 1, 2, 1, 1, 2, 1, 1, 1, 1, 1, 1)
"""Of the first block and the twelve after it; later ones see things rather than textures."""
_EPSILON = 0.001
_LAYER = re.compile(
    r'\{name:"([^"]+)",shape:\[([\d,]*)\],dtype:"float32",'
    r'quantization:\{min:([^,]+),scale:([^,]+),dtype:"uint8"\}\}'
)


def embed(rgb: NDArray[np.uint8]) -> Floats:
    """The (96,) features of an (H, W, 3) picture, whose sides are multiples of 32.

    Raises WeightsMissing.
    """
    (features,) = _network()(rgb[None])
    of_one: Floats = features[0]
    return of_one


@cache
def _network() -> OnnxNetwork:
    return OnnxNetwork(quantised(in_floats(), ranges_of("embedding")))


def in_floats() -> bytes:
    """The network as ONNX. Its first block is not to be quantised: that costs what it is read for.

    Raises WeightsMissing.
    """
    graph = _Graph(_layers())
    x = graph.add("Cast", "rgb", to=TensorProto.FLOAT)
    x = graph.add("Mul", x, graph.constant(np.float32(1 / 255)))
    x = graph.add("Transpose", x, perm=[0, 3, 1, 2])
    x = graph.relu6(graph.convolved(x, "Conv1", "bn_Conv1", stride=2))
    for number, stride in enumerate(_STRIDES):
        block = f"block_{number}" if number else "expanded_conv"
        y = x
        if number:
            y = graph.relu6(graph.convolved(y, f"{block}_expand", f"{block}_expand_BN"))
        y = graph.relu6(graph.depthwise(y, f"{block}_depthwise", stride=stride))
        y = graph.convolved(y, f"{block}_project", f"{block}_project_BN")
        is_of_one_size = stride == 1 and graph.num_out[x] == graph.num_out[y]
        x = graph.summed(x, y) if is_of_one_size else y
    graph.add("ReduceMean", x, graph.constant(np.array([2, 3])), keepdims=0, output="features")
    return graph.serialised(
        name="embedding",
        takes=("rgb", ["n", "height", "width", 3]),
        gives=("features", ["n", NUM_FEATURES]),
    )


def _layers() -> dict[str, Floats]:
    """The network's numbers by the name of their layer, as TensorFlow shapes them."""
    numbers = np.frombuffer(base64.b64decode(weights.read(weights.MOBILENET)), np.uint8)
    layers, at = {}, 0
    for name, shape, least, scale in _LAYER.findall(
        weights.read(weights.MOBILENET_LAYERS).decode()
    ):
        sides = [int(side) for side in shape.split(",")]
        these = numbers[at : (at := at + math.prod(sides))].astype(np.float32)
        layers[name] = (these * np.float32(scale) + np.float32(least)).reshape(sides)
    return layers


class _Graph(OnnxGraph):
    """With the layers that a MobileNetV2 is made of, their normalisation folded in."""

    def __init__(self, layers: dict[str, Floats]) -> None:
        super().__init__()
        self._layers = layers
        self.num_out: dict[str, int] = {}
        """Channels of each node that has been added."""

    def convolved(self, x: str, layer: str, norm: str, *, stride: int = 1) -> str:
        kernel = self._layers[f"{layer}/kernel"].transpose(3, 2, 0, 1)
        return self._convolution(x, kernel, norm, stride=stride, group=1)

    def depthwise(self, x: str, layer: str, *, stride: int) -> str:
        kernel = self._layers[f"{layer}/depthwise_kernel"].transpose(2, 3, 0, 1)
        return self._convolution(x, kernel, f"{layer}_BN", stride=stride, group=len(kernel))

    def relu6(self, x: str) -> str:
        name = self.add("Clip", x, self.constant(np.float32(0)), self.constant(np.float32(6)))
        self.num_out[name] = self.num_out[x]
        return name

    def summed(self, one: str, other: str) -> str:
        name = self.add("Add", one, other)
        self.num_out[name] = self.num_out[one]
        return name

    def _convolution(self, x: str, kernel: Floats, norm: str, *, stride: int, group: int) -> str:
        gain = 1 / np.sqrt(self._layers[f"{norm}/moving_variance"] + np.float32(_EPSILON))
        gain = gain * self._layers.get(f"{norm}/gamma", np.float32(1))
        shift = self._layers[f"{norm}/beta"] - self._layers[f"{norm}/moving_mean"] * gain
        edge = kernel.shape[-1] // 2
        # Like TensorFlow: where it strides, only behind the last row and column.
        before = edge if stride == 1 else 0
        name = self.add(
            "Conv",
            x,
            self.constant(kernel * gain[:, None, None, None]),
            self.constant(shift),
            strides=[stride] * 2,
            pads=[before, before, edge, edge],
            group=group,
        )
        self.num_out[name] = len(kernel)
        return name
