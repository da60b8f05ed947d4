"""Networks that reckon in bytes: their weights, and what flows from one convolution to the next.

Processors multiply bytes two to three times as fast as floats. ONNX Runtime reckons a node so where
it finds what goes in and what comes out quantised. How far the numbers of each node reach, which
`ranges.csv` keeps, is measured by `tests/bench/fit_ranges.py`.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import helper, numpy_helper

from curation.vision.runtimes import Floats

RANGES = Path(__file__).with_name("ranges.csv")
Range = tuple[float, float]
"""The least and the most that a node gives."""

_MOST_WEIGHT, _MOST_BIAS = np.float32(127), np.float32(2**24)


def ranges_of(network: str) -> dict[str, Range]:
    """How far the numbers of this network's nodes reach, by the name of their output."""
    with RANGES.open(encoding="utf-8", newline="") as file:
        return {
            row["node"]: (float(row["least"]), float(row["most"]))
            for row in csv.DictReader(file)
            if row["network"] == network
        }


def quantised(content: bytes, ranges: Mapping[str, Range]) -> bytes:
    """The network (ONNX) with what the nodes in `ranges` give as bytes, and in bytes the weights of
    convolutions that read it.

    What reaches further is taken as the end of its range. Raises ValueError when a node is missing.
    """
    model = onnx.load_from_string(content)
    if missing := ranges.keys() - {node.output[0] for node in model.graph.node}:
        raise ValueError(f"the ranges are of another network: {min(missing)} is not in this one")
    writer = _Writer(model.graph)
    for node in model.graph.node:
        writer.add(node)
        if node.output[0] in ranges:
            writer.quantise(node.output[0], *ranges[node.output[0]])
    del model.graph.node[:]
    model.graph.node.extend(writer.nodes)
    model.graph.initializer.extend(writer.constants)
    written: bytes = model.SerializeToString()
    return written


class _Writer:
    """Writes a network anew, node by node."""

    def __init__(self, graph: onnx.GraphProto) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []
        self._constants = {each.name: numpy_helper.to_array(each) for each in graph.initializer}
        self._scales: dict[str, np.float32] = {}
        """Of the nodes that were quantised."""

    def add(self, node: onnx.NodeProto) -> None:
        taken = onnx.NodeProto()
        taken.CopyFrom(node)
        taken.input[:] = [_read(name) if name in self._scales else name for name in node.input]
        if node.op_type == "Conv" and node.input[0] in self._scales:
            taken.input[1:] = self._weights_and_bias(*node.input)
        self.nodes.append(taken)

    def quantise(self, name: str, least: float, most: float) -> None:
        """What this node gives, as bytes and read again; 0 stays 0."""
        scale = np.float32((most - least) / 255)
        how = [
            self._constant(f"{name}_scale", scale),
            self._constant(f"{name}_zero", np.uint8(round(-least / scale))),
        ]
        whole = f"{name}_bytes"
        self.nodes.append(helper.make_node("QuantizeLinear", [name, *how], [whole]))
        self.nodes.append(helper.make_node("DequantizeLinear", [whole, *how], [_read(name)]))
        self._scales[name] = scale

    def _weights_and_bias(self, x: str, weights: str, bias: str) -> tuple[str, str]:
        """Those of a convolution of `x`, each channel in a unit of its own."""
        numbers, shift, unit = self._constants[weights], self._constants[bias], self._scales[x]
        scales = np.abs(numbers).reshape(len(numbers), -1).max(axis=1) / _MOST_WEIGHT
        # Where weights are next to nothing the bias must fit all the same.
        scales = np.maximum(scales, np.maximum(np.abs(shift), 1) / (unit * _MOST_BIAS))
        return (
            self._whole(weights, numbers / scales[:, None, None, None], np.int8, scales),
            self._whole(bias, shift / (scales * unit), np.int32, scales * unit),
        )

    def _whole(self, name: str, numbers: Floats, kind: type[np.integer], scales: Floats) -> str:
        """Numbers that are kept as whole ones."""
        how = [
            self._constant(f"{name}_whole", np.rint(numbers).astype(kind)),
            self._constant(f"{name}_scale", scales),
        ]
        self.nodes.append(helper.make_node("DequantizeLinear", how, [_read(name)], axis=0))
        return _read(name)

    def _constant(self, name: str, value: NDArray[np.generic] | np.generic) -> str:
        self.constants.append(numpy_helper.from_array(np.asarray(value), name))
        return name


def _read(name: str) -> str:
    return f"{name}_read"
