from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from curation.vision.faces import DetectedFace
from curation.vision.pose import Pose, estimate_pose
from tests.curation.vision.conftest import Labelled

MIRRORED = [
    *range(16, -1, -1),  # jaw
    *range(26, 16, -1),  # brows
    *range(27, 31),  # ridge of the nose
    *range(35, 30, -1),  # its wings
    *[45, 44, 43, 42, 47, 46, 39, 38, 37, 36, 41, 40],  # eyes
    *[54, 53, 52, 51, 50, 49, 48, 59, 58, 57, 56, 55],  # lips, outside
    *[64, 63, 62, 61, 60, 67, 66, 65],  # lips, inside
]
"""Which landmark each one becomes in a mirror."""


def as_row(pose: Pose) -> NDArray[np.float64]:
    return np.array([pose.yaw, pose.pitch, pose.roll])


def test_a_mirror_turns_the_head_to_the_other_side(portrait_faces: dict[str, DetectedFace]) -> None:
    for face in portrait_faces.values():
        pose = estimate_pose(face.landmarks)
        mirrored = estimate_pose((face.landmarks * [-1, 1])[MIRRORED].astype(np.float32))
        assert as_row(mirrored) == pytest.approx([-pose.yaw, pose.pitch, -pose.roll], abs=0.1)


@given(
    angle=st.floats(-120, 120),
    scale=st.floats(0.1, 20),
    x=st.floats(-1e4, 1e4),
    y=st.floats(0, 1e4),
)
def test_turning_the_picture_changes_the_roll_alone(
    portrait_faces: dict[str, DetectedFace], angle: float, scale: float, x: float, y: float
) -> None:
    landmarks = portrait_faces["ada_2"].landmarks
    before = estimate_pose(landmarks)
    sine, cosine = np.sin(np.radians(angle)), np.cos(np.radians(angle))
    clockwise = np.array([[cosine, sine], [-sine, cosine]])

    after = estimate_pose((landmarks @ clockwise * scale + [x, y]).astype(np.float32))

    assert after.yaw == pytest.approx(before.yaw, abs=0.5)
    assert after.pitch == pytest.approx(before.pitch, abs=0.5)
    turned = (after.roll - before.roll - angle + 180) % 360 - 180
    assert turned == pytest.approx(0, abs=0.5)


def test_landmarks_in_one_place_have_no_pose() -> None:
    with pytest.raises(ValueError, match="one place"):
        estimate_pose(np.full((68, 2), 7, np.float32))


def errors(pictures: list[Labelled], *, up_to: float) -> NDArray[np.float64]:
    """How far yaw, pitch and roll are off, in degrees, per picture with one face."""
    return np.array(
        [
            as_row(estimate_pose(picture.faces[0].landmarks))
            - [float(picture.answers[angle]) for angle in ("yaw", "pitch", "roll")]
            for picture in pictures
            if abs(picture.yaw) < up_to
            and len(picture.faces) == 1
            and picture.answers["reasons"] != "blurry"
        ]
    )


def test_the_pose_in_found_pictures_is_right(demo_pictures: list[Labelled]) -> None:
    off = np.abs(errors(demo_pictures, up_to=40))

    assert len(off) >= 20
    assert (off.mean(axis=0) < [5, 5, 2]).all()


@pytest.mark.slow
def test_the_pose_in_the_large_set_is_right(many_pictures: list[Labelled]) -> None:
    assert (np.abs(errors(many_pictures, up_to=40)).mean(axis=0) < [4, 4, 1.5]).all()


@pytest.mark.parametrize("part", ["ada", "bob", "gt"])
def test_exact_landmarks_give_the_true_pose(synthetic: Path, part: str) -> None:
    exact = np.load(synthetic / "pair" / f"landmarks_{part}.npz")
    with (synthetic / "pair" / f"pose_{part}.csv").open() as file:
        truth = {row["file"]: row for row in csv.DictReader(file)}
    off = np.array(
        [
            as_row(estimate_pose(landmarks.astype(np.float32)))
            - [float(truth[name][angle]) for angle in ("yaw", "pitch", "roll")]
            for name, landmarks in zip(exact["files"], exact["lm"], strict=True)
        ]
    )
    if part != "gt":
        off = off[:, :2]  # these crops were turned until the eyes lay level

    assert (np.abs(off).mean(axis=0) < [2, 3, 1.5][: off.shape[1]]).all()
