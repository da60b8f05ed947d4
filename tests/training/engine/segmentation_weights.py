"""Small segmentation weights, as a user would bring them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from training.engine.data.segmentation import FORMAT

SAID = {"format": FORMAT, "size": 32, "classes": 2, "face": [1]}


def say_beside(path: Path, **said: object) -> Path:
    path.with_suffix(".json").write_text(json.dumps({**SAID, **said}))
    return path


def write_onnx(path: Path, weights: NDArray[np.float32], **said: object) -> Path:
    """A net of one 1x1 convolution without bias, as others' tools export it."""
    shape = {"in": ["n", 3, "h", "w"], "out": ["n", len(weights), "h", "w"]}
    ends = {
        name: helper.make_tensor_value_info(name, TensorProto.FLOAT, dims)
        for name, dims in shape.items()
    }
    kernel = numpy_helper.from_array(weights[..., None, None], "kernel")
    node = helper.make_node("Conv", ["in", "kernel"], ["out"], kernel_shape=[1, 1])
    graph = helper.make_graph([node], "colours", [ends["in"]], [ends["out"]], [kernel])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.checker.check_model(model)
    onnx.save(model, str(path))
    return say_beside(path, **said)
