"""Writes networks in ONNX, node by node."""

from __future__ import annotations

from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

Shape = list[int | str]


class OnnxGraph:
    """A graph that grows node by node; each is called by the name of its output."""

    def __init__(self) -> None:
        self._nodes: list[onnx.NodeProto] = []
        self._constants: list[onnx.TensorProto] = []

    def add(self, kind: str, *inputs: str, output: str | None = None, **how: Any) -> str:
        name = output or f"{kind}_{len(self._nodes)}"
        self._nodes.append(helper.make_node(kind, list(inputs), [name], **how))
        return name

    def constant(self, value: NDArray[np.generic] | np.float32) -> str:
        name = f"constant_{len(self._constants)}"
        self._constants.append(numpy_helper.from_array(np.asarray(value), name))
        return name

    def serialised(self, *, name: str, takes: tuple[str, Shape], gives: tuple[str, Shape]) -> bytes:
        """The network in bytes. It takes bytes of this name and shape, and gives float32."""
        graph = helper.make_graph(
            self._nodes,
            name,
            [helper.make_tensor_value_info(takes[0], TensorProto.UINT8, takes[1])],
            [helper.make_tensor_value_info(gives[0], TensorProto.FLOAT, gives[1])],
            self._constants,
        )
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=10)
        content: bytes = model.SerializeToString()
        return content
