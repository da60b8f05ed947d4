"""The detector's network, written anew, says what the one that Google trained says."""

from __future__ import annotations

import numpy as np
import onnx
import onnxruntime
import pytest
from numpy.typing import NDArray

from curation.vision import weights
from curation.vision.blazeface import detect
from curation.vision.blazeface_graph import for_any_shape
from curation.vision.levels import Levels
from curation.vision.onnx_graph import OnnxGraph
from curation.vision.resize import resized
from curation.vision.runtimes import Floats, OnnxNetwork

SIDE = 256


def as_it_comes(square: NDArray[np.uint8]) -> Floats:
    """(896, 17), score, box and points of each anchor, by the weights' own graph."""
    session = onnxruntime.InferenceSession(
        weights.read(weights.BACK), providers=["CPUExecutionProvider"]
    )
    picture = square[None].astype(np.float32) / np.float32(127.5) - np.float32(1)
    near, far, near_places, far_places = session.run(None, {"input:0": picture})
    scores = np.concatenate([near[0], far[0]])
    return np.hstack([scores, np.concatenate([near_places[0], far_places[0]])])


def test_the_network_says_the_same(portraits: dict[str, NDArray[np.uint8]]) -> None:
    network = OnnxNetwork(for_any_shape(weights.read(weights.BACK)))
    noise = np.random.default_rng(1).integers(0, 256, (SIDE, SIDE, 3), np.uint8)
    for square in (portraits["ada_1"][:SIDE, 100 : 100 + SIDE], noise):
        (anchors,) = network(square[None])
        assert anchors[0] == pytest.approx(as_it_comes(square), abs=1e-3, rel=1e-4)


def test_another_network_is_refused() -> None:
    graph = OnnxGraph()
    numbers = graph.constant(np.zeros((8, 3, 3, 3), np.float32))
    graph.add("Conv", graph.add("Cast", "picture", to=onnx.TensorProto.FLOAT), numbers, output="y")
    another = graph.serialised(
        name="another", takes=("picture", [1, 3, 9, 9]), gives=("y", [1, 8, 7, 7])
    )
    with pytest.raises(ValueError, match="not the network"):
        for_any_shape(another)


@pytest.mark.parametrize(("height", "width"), [(900, 720), (480, 720), (400, 720), (150, 120)])
def test_a_face_is_where_it_is_in_a_picture_of_any_shape(
    height: int, width: int, portraits: dict[str, NDArray[np.uint8]]
) -> None:
    """As in the same picture between bars that make it square; smaller ones are enlarged."""
    portrait = portraits["bob_1"]
    scale = height / 900 if height == 150 else 1
    picture = resized(portrait, scale)
    above = (len(picture) - height) // 2
    picture = picture[above : above + height]
    side = max(height, width)
    left, top = (side - width) // 2, (side - height) // 2
    square = np.zeros((side, side, 3), np.uint8)
    square[top : top + height, left : left + width] = picture
    (found,) = detect(Levels(picture), least_score=0.5)
    (in_square,) = detect(Levels(square), least_score=0.5)
    apart = found.moved(left, top).points - in_square.points
    assert np.abs(apart).max() < 0.04 * in_square.side
