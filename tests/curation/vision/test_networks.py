"""Our way through dlib's networks must lead to where dlib's own does."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import dlib
import numpy as np
import pytest
from numpy.typing import NDArray

from curation.vision.boxes import shared_part
from curation.vision.descriptor import DescriptorNetwork
from curation.vision.heads import HeadNetwork
from curation.vision.resize import resized

HEADS = "mmod_human_face_detector.dat"
DESCRIPTORS = "dlib_face_recognition_resnet_model_v1.dat"


def model(name: str) -> Path:
    package = find_spec("face_recognition_models")
    assert package is not None
    assert package.submodule_search_locations
    return Path(package.submodule_search_locations[0], "models", name)


@pytest.mark.parametrize("seed", [None, 1, 2])
def test_descriptors_are_dlibs_own(
    portraits: dict[str, NDArray[np.uint8]], seed: int | None
) -> None:
    chip = resized(portraits["ada_2"][250:650, 160:560], 150 / 400)
    if seed is not None:
        chip = np.random.default_rng(seed).integers(0, 256, (150, 150, 3), dtype=np.uint8)

    ours = DescriptorNetwork(model(DESCRIPTORS)).describe(chip)
    dlibs = dlib.face_recognition_model_v1(str(model(DESCRIPTORS))).compute_face_descriptor(chip)

    assert ours.shape == (128,)
    assert np.abs(ours - np.array(dlibs)).max() < 1e-5


@pytest.mark.parametrize("name", ["ada_1", "bob_3", "eve_5"])
def test_heads_are_where_dlib_sees_them(portraits: dict[str, NDArray[np.uint8]], name: str) -> None:
    rgb = resized(portraits[name], 0.3)

    ours = HeadNetwork(model(HEADS)).find(rgb)
    dlibs = dlib.cnn_face_detection_model_v1(str(model(HEADS)))(rgb, 0)

    assert len(ours) == len(dlibs) == 1
    seen = dlibs[0].rect
    assert shared_part(ours[0], (seen.left(), seen.top(), seen.right(), seen.bottom())) > 0.8


@pytest.mark.parametrize(
    ("network", "other"), [(HeadNetwork, DESCRIPTORS), (DescriptorNetwork, HEADS)]
)
def test_another_network_is_not_mistaken_for_the_right_one(
    network: Callable[[Path], Any], other: str
) -> None:
    with pytest.raises(ValueError, match=r"network|subsection"):
        network(model(other))
