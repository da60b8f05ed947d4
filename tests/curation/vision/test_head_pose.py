from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from curation.vision.decode import decode
from curation.vision.faces import FaceFinder, locate
from curation.vision.head_pose import front_pose
from curation.vision.mesh import FaceMesh
from curation.vision.pose import turn_of
from tests.curation.vision.conftest import Labelled


def test_heads_are_turned_as_the_labels_say(demo_pictures: list[Labelled]) -> None:
    clear = [each for each in demo_pictures if each.answers["verdict"] == "keep"]
    off = np.array([abs(each.faces[0].pose.yaw - each.yaw) for each in clear])
    turned = np.array([abs(each.yaw) >= 45 for each in clear])

    assert turned.sum() >= 8
    assert off[~turned].mean() < 3
    assert off[turned].mean() < 5


def test_side_views_are_recognised(demo_pictures: list[Labelled]) -> None:
    clear = [each for each in demo_pictures if each.answers["verdict"] == "keep"]
    right = [turn_of(each.faces[0].pose.yaw) == turn_of(each.yaw) for each in clear]
    sides = [ok for ok, each in zip(right, clear, strict=True) if turn_of(each.yaw) == "side"]

    assert np.mean(right) >= 0.92
    assert len(sides) >= 5
    assert np.mean(sides) >= 0.9


def test_in_a_mirror_a_profile_looks_to_the_other_side(demo_pictures: list[Labelled]) -> None:
    profile = max(demo_pictures, key=lambda each: abs(each.yaw))

    (mirrored,) = locate(np.ascontiguousarray(profile.rgb[:, ::-1]))

    pose = profile.faces[0].pose
    assert abs(pose.yaw) > 50
    assert mirrored.pose.yaw == pytest.approx(-pose.yaw, abs=6)
    assert mirrored.pose.roll == pytest.approx(-pose.roll, abs=6)


def test_points_in_one_place_have_no_pose() -> None:
    with pytest.raises(ValueError, match="one place"):
        front_pose(FaceMesh(np.ones((468, 3), np.float32), 0.0))


@pytest.mark.parametrize(
    ("yaw", "turn"),
    [(0, "front"), (-19, "front"), (21, "three_quarter"), (-49, "three_quarter"), (51, "side")],
)
def test_a_turn_has_a_name(yaw: float, turn: str) -> None:
    assert turn_of(yaw) == turn


@pytest.mark.slow
def test_every_turn_from_profile_to_profile_is_found_and_told(synthetic: Path) -> None:
    finder = FaceFinder()
    off: dict[int, list[float]] = {}
    with (synthetic / "profiles" / "profiles.csv").open() as file:
        for row in csv.DictReader(file):
            rgb: NDArray[np.uint8] = decode((synthetic / "profiles" / row["file"]).read_bytes()).rgb
            (face,) = finder.find(rgb, descriptors=False)
            yaw = float(row["yaw"])
            off.setdefault(int(abs(yaw) // 15) * 15, []).append(abs(face.pose.yaw - yaw))
    for low, errors in off.items():
        assert np.mean(errors) <= (4 if low < 45 else 5.5 if low < 75 else 10), low
