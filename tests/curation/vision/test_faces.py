from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from curation.vision.faces import DetectedFace, FaceFinder
from curation.vision.resize import resized
from tests.curation.vision.conftest import Labelled

Portraits = dict[str, NDArray[np.uint8]]


def distance(one: DetectedFace, other: DetectedFace) -> float:
    assert one.descriptor is not None
    assert other.descriptor is not None
    return float(np.linalg.norm(one.descriptor - other.descriptor))


def on_canvas(*placed: tuple[NDArray[np.uint8], int, int]) -> NDArray[np.uint8]:
    """A gray 1280 x 960 picture with pictures laid on it, each with its left and top."""
    canvas = np.full((960, 1280, 3), 128, np.uint8)
    for rgb, left, top in placed:
        canvas[top : top + len(rgb), left : left + rgb.shape[1]] = rgb
    return canvas


def test_each_portrait_shows_one_face_with_its_landmarks_inside(
    portrait_faces: dict[str, DetectedFace],
) -> None:
    for face in portrait_faces.values():
        left, top, right, bottom = face.box
        assert face.landmarks.shape == (68, 2)
        assert face.landmarks.dtype == np.float32
        eyes, mouth = face.landmarks[36:48], face.landmarks[48:]
        assert left < eyes[:, 0].min() < eyes[:, 0].max() < right
        assert top < eyes[:, 1].min() < eyes[:, 1].max() < mouth[:, 1].min() < bottom


def test_descriptors_tell_ada_from_bob(portrait_faces: dict[str, DetectedFace]) -> None:
    names = list(portrait_faces)
    same, different = [], []
    for place, one in enumerate(names):
        for other in names[place + 1 :]:
            who = {one[:3], other[:3]}
            apart = distance(portrait_faces[one], portrait_faces[other])
            if len(who) == 1:
                same.append(apart)
            elif who == {"ada", "bob"}:
                different.append(apart)

    assert max(same) < 0.5
    assert min(different) > max(same) + 0.05
    assert np.mean(different) > 0.65


def test_the_largest_face_comes_first(portraits: Portraits) -> None:
    picture = on_canvas((resized(portraits["bob_1"], 0.7), 30, 300), (portraits["ada_1"], 550, 30))

    faces = FaceFinder().find(picture)

    assert len(faces) == 2
    assert faces[0].box[0] > 550 > faces[1].box[0]
    assert faces[1].box[2] - faces[1].box[0] < faces[0].box[2] - faces[0].box[0]


def test_a_small_face_is_found_where_there_is_no_large_one(portraits: Portraits) -> None:
    picture = on_canvas((resized(portraits["ada_1"], 0.3), 900, 600))

    faces = FaceFinder().find(picture, descriptors=False)

    assert len(faces) == 1
    assert 900 < faces[0].landmarks[:, 0].mean() < 1116
    assert faces[0].descriptor is None


def test_the_same_face_is_found_in_a_picture_of_many_pixels(
    portraits: Portraits, portrait_faces: dict[str, DetectedFace]
) -> None:
    large = resized(portraits["ada_3"], 4)

    (face,) = FaceFinder().find(large)

    eyes = np.ptp(portrait_faces["ada_3"].landmarks[36:48, 0])
    assert np.abs(face.landmarks[17:] / 4 - portrait_faces["ada_3"].landmarks[17:]).max() < eyes / 8
    assert distance(face, portrait_faces["ada_3"]) < 0.25


@pytest.mark.parametrize("shape", [(1, 1), (2, 900), (50, 40), (600, 800)])
def test_there_is_no_face_in_a_plain_wall(shape: tuple[int, int]) -> None:
    assert FaceFinder().find(np.full((*shape, 3), 200, np.uint8)) == []


def test_there_is_no_face_in_noise() -> None:
    noise = np.random.default_rng(5).integers(0, 256, (480, 640, 3), dtype=np.uint8)

    assert FaceFinder().find(noise) == []


def test_looking_twice_finds_the_same(portraits: Portraits) -> None:
    (first,), (second,) = (FaceFinder().find(portraits["eve_2"]) for _ in range(2))

    assert first.box == second.box
    assert np.array_equal(first.landmarks, second.landmarks)
    assert distance(first, second) < 1e-5


def test_faces_are_found_from_every_side(demo_pictures: list[Labelled]) -> None:
    keepers = [picture for picture in demo_pictures if picture.answers["verdict"] == "keep"]
    turned = [picture for picture in keepers if abs(picture.yaw) >= 40]
    facing = [picture for picture in keepers if abs(picture.yaw) < 40]

    assert len(facing) >= 20
    assert all(len(picture.faces) == 1 for picture in facing)
    assert len(turned) >= 10
    assert sum(len(picture.faces) == 1 for picture in turned) >= 0.9 * len(turned)


@pytest.mark.slow
def test_faces_are_found_in_the_large_set(many_pictures: list[Labelled]) -> None:
    good = [picture for picture in many_pictures if picture.answers["reasons"] != "blurry"]
    for low, high, share in [(0, 40, 0.98), (40, 60, 0.95), (60, 91, 0.9)]:
        hits = [len(picture.faces) == 1 for picture in good if low <= abs(picture.yaw) < high]
        assert sum(hits) >= share * len(hits)


def in_another_process(code: str) -> str:
    return subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True
    ).stdout


def test_missing_weights_are_named_with_the_cure(tmp_path: Path) -> None:
    said = in_another_process(
        "import os, numpy\n"
        f"os.environ['WEIGHTS_DIR'] = {str(tmp_path)!r}\n"
        "from curation.vision.faces import FaceFinder\n"
        "from curation.vision.weights import WeightsMissing\n"
        "finder = FaceFinder()\n"
        "try: finder.find(numpy.zeros((90, 90, 3), numpy.uint8))\n"
        "except WeightsMissing as problem: print(problem)\n"
    )

    assert f"{tmp_path}/blazeface_back.onnx are missing" in said
    assert "python -m curation.vision.fetch_weights" in said


def test_neither_django_nor_pkg_resources_is_needed() -> None:
    said = in_another_process(
        "import sys, numpy\n"
        "from curation.vision.faces import FaceFinder\n"
        "FaceFinder().find(numpy.zeros((90, 90, 3), numpy.uint8))\n"
        "unwanted = {'django', 'pkg_resources', 'face_recognition_models', 'torch'}\n"
        "print(unwanted & set(sys.modules))\n"
    )

    assert said == "set()\n"


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_a_face_that_lies_on_its_side_or_head_is_turned_and_found(
    portraits: Portraits, portrait_faces: dict[str, DetectedFace], quarters: int
) -> None:
    right = 0
    for name, upright in portrait_faces.items():
        lying = np.ascontiguousarray(np.rot90(portraits[name], -quarters))
        (face,) = FaceFinder().find(lying)
        height, width = portraits[name].shape[:2]
        there = upright.landmarks
        for side in (height, width, height)[:quarters]:
            there = np.column_stack([side - 1 - there[:, 1], there[:, 0]])
        off = np.linalg.norm(face.landmarks - there, axis=1).mean()
        rolled = (face.pose.roll - upright.pose.roll - 90 * quarters + 180) % 360 - 180
        right += off < 0.06 * np.ptp(upright.landmarks[:, 1]) and abs(rolled) < 10

    assert right >= 14  # of 15


def off_in_roll(face: DetectedFace, picture: Labelled, *, quarters: int) -> float:
    """Degrees between how a face lies, and how it was seen to lie, 0 to 180."""
    off = face.pose.roll - float(picture.answers["roll"]) - 90 * quarters
    return abs((off + 180) % 360 - 180)


def test_a_covered_face_that_stands_is_not_seen_upside_down(
    covered_pictures: list[Labelled],
) -> None:
    for picture in covered_pictures:
        for face in picture.faces:
            assert off_in_roll(face, picture, quarters=0) < 45


def test_a_covered_face_or_profile_on_its_head_is_turned_or_left_out(
    covered_pictures: list[Labelled],
) -> None:
    hard = [
        picture
        for picture in covered_pictures
        if "covered" in picture.answers["reasons"] or abs(picture.yaw) >= 40
    ]
    off = []
    for picture in hard:
        faces = FaceFinder().find(np.ascontiguousarray(picture.rgb[::-1, ::-1]), descriptors=False)
        off += [off_in_roll(face, picture, quarters=2) for face in faces[:1]]

    assert len(hard) >= 30
    assert sum(each < 45 for each in off) >= 0.6 * len(hard)
    assert sum(each >= 45 for each in off) <= 0.25 * len(hard)


def test_a_face_of_a_few_pixels_is_found_in_a_picture_of_very_many(portraits: Portraits) -> None:
    picture = np.full((5000, 8000, 3), 128, np.uint8)
    picture[3000:3900, 5000:5720] = resized(portraits["bob_2"], 1)  # its face is 300 pixels high

    (face,) = FaceFinder().find(picture, descriptors=False)

    assert 5000 < face.landmarks[:, 0].min() < face.landmarks[:, 0].max() < 5720
    assert 200 < np.ptp(face.landmarks[:, 1]) < 400


def test_somebody_small_beside_a_large_face_is_found(portraits: Portraits) -> None:
    picture = on_canvas((portraits["ada_1"], 550, 30), (resized(portraits["bob_1"], 0.2), 80, 300))

    faces = FaceFinder().find(picture, descriptors=False)

    assert len(faces) == 2
    assert faces[1].landmarks[:, 0].max() < 250
