"""Networks in bytes say what they say in floats, on whatever processor."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import onnxruntime
import pytest
from numpy.typing import NDArray
from onnx import TensorProto

from curation.vision import descriptor, embedding
from curation.vision.onnx_graph import OnnxGraph
from curation.vision.quantised import quantised, ranges_of
from curation.vision.runtimes import AVX512_VNNI

NETWORKS = [
    ("descriptor", descriptor.in_floats, (150, 150)),
    ("embedding", embedding.in_floats, (128, 96)),
]


def of_three(weights: NDArray[np.float32], bias: NDArray[np.float32]) -> bytes:
    """A network that weighs three colours of each pixel, and gives the mean of what is above 0."""
    graph = OnnxGraph()
    x = graph.add("Transpose", graph.add("Cast", "rgb", to=TensorProto.FLOAT), perm=[0, 3, 1, 2])
    x = graph.add("Conv", x, graph.constant(weights), graph.constant(bias))
    x = graph.add("Relu", x, output="weighed")
    graph.add("ReduceMean", x, graph.constant(np.array([2, 3])), keepdims=0, output="mean")
    return graph.serialised(
        name="of_three",
        takes=("rgb", ["n", "height", "width", 3]),
        gives=("mean", ["n", len(bias)]),
    )


def run(content: bytes, batch: NDArray[np.uint8], *, precision: str = "0") -> NDArray[np.float32]:
    """As OnnxNetwork does, on a processor that adds up products of bytes or ("1") does not."""
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.add_session_config_entry("session.x64quantprecision", precision)
    session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
    (given,) = session.get_inputs()
    numbers: NDArray[np.float32] = session.run(None, {given.name: batch})[0]
    return numbers


def test_what_is_whole_stays_as_it_was() -> None:
    weights = np.array([[1, 0, 0], [-0.5, 0.25, 0], [0, 0, 0]], np.float32)[..., None, None]
    content = of_three(weights, np.array([-16, 32, 40], np.float32))
    rgb = np.random.default_rng(3).integers(0, 256, (100, 1, 1, 3), dtype=np.uint8)
    ranges = {"Transpose_1": (0.0, 255.0), "weighed": (0.0, 255.0)}
    apart = run(quantised(content, ranges), rgb) - run(content, rgb)
    assert np.abs(apart).max() < 1.1


def test_what_reaches_further_is_cut_off() -> None:
    content = of_three(np.ones((1, 3, 1, 1), np.float32), np.zeros(1, np.float32))
    rgb = np.full((1, 2, 2, 3), 200, np.uint8)
    cut = run(quantised(content, {"Transpose_1": (0.0, 255.0), "weighed": (0.0, 510.0)}), rgb)
    assert cut == pytest.approx(510)


def test_ranges_of_another_network_are_refused() -> None:
    content = of_three(np.ones((1, 3, 1, 1), np.float32), np.zeros(1, np.float32))
    with pytest.raises(ValueError, match="Relu_99 is not in this one"):
        quantised(content, {"Relu_99": (0.0, 1.0)})


@pytest.mark.parametrize(("name", "in_floats", "size"), NETWORKS)
def test_all_processors_say_the_same(
    name: str, in_floats: Callable[[], bytes], size: tuple[int, int]
) -> None:
    """Those that add up no products of bytes are given weights of the other kind."""
    if not cv2.checkHardwareSupport(AVX512_VNNI):
        pytest.skip("this processor adds up no products of bytes")
    content = quantised(in_floats(), ranges_of(name))
    rgb = np.random.default_rng(5).integers(0, 256, (1, *size, 3), dtype=np.uint8)
    assert (run(content, rgb) == run(content, rgb, precision="1")).all()
