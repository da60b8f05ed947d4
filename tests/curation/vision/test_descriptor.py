"""Our way through dlib's network must lead to where dlib's own does."""

from __future__ import annotations

import dlib
import numpy as np
import pytest
from numpy.typing import NDArray

from curation.vision import weights
from curation.vision.descriptor import (
    CHIP_SIZE,
    chip_matrix,
    describe,
    describe_chips,
    in_floats,
)
from curation.vision.faces import DetectedFace
from curation.vision.levels import Levels
from curation.vision.networks import NetworkFile
from curation.vision.resize import resized
from curation.vision.runtimes import OnnxNetwork


@pytest.mark.parametrize("seed", [None, 1, 2])
def test_descriptors_are_dlibs_own(
    portraits: dict[str, NDArray[np.uint8]], seed: int | None
) -> None:
    chip = resized(portraits["ada_2"][250:650, 160:560], 150 / 400)
    if seed is not None:
        chip = np.random.default_rng(seed).integers(0, 256, (150, 150, 3), dtype=np.uint8)

    ((ours,),) = OnnxNetwork(in_floats())(chip[None])
    network = dlib.face_recognition_model_v1(str(weights.dlib_model(weights.DESCRIPTOR)))
    dlibs = network.compute_face_descriptor(chip)

    assert ours.shape == (128,)
    assert np.abs(ours - np.array(dlibs)).max() < 1e-5
    (quantised,) = describe_chips(chip[None])
    assert np.linalg.norm(quantised - ours) < 0.06


def test_quantised_all_are_as_far_from_each_other(
    portraits: dict[str, NDArray[np.uint8]], portrait_faces: dict[str, DetectedFace]
) -> None:
    chips = [
        Levels(rgb).cut(chip_matrix(portrait_faces[name].landmarks), size=CHIP_SIZE)
        for name, rgb in portraits.items()
    ]
    chips = np.stack([*chips, *(chip[:, ::-1] for chip in chips)])
    (before,), after = OnnxNetwork(in_floats())(chips), describe_chips(chips)
    apart = [np.linalg.norm(each[:, None] - each[None], axis=2) for each in (before, after)]
    assert np.abs(apart[1] - apart[0]).max() < 0.03


def test_chips_are_cut_where_dlib_cuts_them(portrait_faces: dict[str, DetectedFace]) -> None:
    for face in portrait_faces.values():
        points = [dlib.point(round(float(x)), round(float(y))) for x, y in face.landmarks]
        whole = dlib.full_object_detection(dlib.rectangle(0, 0, 9, 9), dlib.points(points))
        theirs = dlib.get_face_chip_details(whole, 150, 0.25).rect

        matrix = chip_matrix(face.landmarks)

        centre = np.array([theirs.left() + theirs.right(), theirs.top() + theirs.bottom()]) / 2
        assert np.abs(matrix[:, :2] @ centre + matrix[:, 2] - 75).max() < 8
        scale = float(np.sqrt(np.linalg.det(matrix[:, :2])))
        assert 150 / (theirs.right() - theirs.left()) == pytest.approx(scale, rel=0.08)


def test_a_face_and_its_mirror_image_are_one_person(
    portraits: dict[str, NDArray[np.uint8]], portrait_faces: dict[str, DetectedFace]
) -> None:
    rgb, face = portraits["ada_4"], portrait_faces["ada_4"]
    order = [*range(16, -1, -1), *range(26, 16, -1), *range(27, 31), *range(35, 30, -1)]
    order += [45, 44, 43, 42, 47, 46, 39, 38, 37, 36, 41, 40]
    order += [54, 53, 52, 51, 50, 49, 48, 59, 58, 57, 56, 55, 64, 63, 62, 61, 60, 67, 66, 65]
    mirrored = face.landmarks[order] * [-1, 1] + [rgb.shape[1] - 1, 0]

    apart = describe(rgb, face.landmarks) - describe(np.ascontiguousarray(rgb[:, ::-1]), mirrored)

    assert np.linalg.norm(apart) < 0.02


def test_another_network_is_not_mistaken_for_the_right_one() -> None:
    heads = NetworkFile(weights.dlib_model("mmod_human_face_detector.dat"))

    with pytest.raises(ValueError, match=r"network|subsection"):
        heads.convolution(3, 32, 7, stride=2)
