from __future__ import annotations

import numpy as np
import pytest

from curation.vision.expression import expression_of
from curation.vision.mesh import FaceMesh
from tests.curation.vision.conftest import Labelled


def mesh_with(**moved: tuple[int, tuple[float, float, float]]) -> FaceMesh:
    """A face of bare points: eyes, lips and cheeks where a face has them, some of them moved."""
    points = np.zeros((468, 3), np.float32)
    places = {
        234: (0, 40, 0), 454: (100, 40, 0),
        33: (10, 30, 0), 133: (30, 30, 0), 159: (20, 27, 0), 145: (20, 33, 0),
        362: (70, 30, 0), 263: (90, 30, 0), 386: (80, 27, 0), 374: (80, 33, 0),
        61: (30, 80, 0), 291: (70, 80, 0), 13: (50, 79, 0), 14: (50, 81, 0),
    }  # fmt: skip
    for point, place in {**places, **dict(moved.values())}.items():
        points[point] = place
    return FaceMesh(points, 1.0)


def test_lips_lids_and_corners_are_measured() -> None:
    calm = expression_of(mesh_with())
    talking = expression_of(mesh_with(lip=(14, (50, 91, 0))))
    smiling = expression_of(mesh_with(right=(61, (25, 80, 0)), left=(291, (75, 80, 0))))
    winking = expression_of(mesh_with(lid=(159, (20, 33, 0))))

    assert calm.mouth_open == pytest.approx(0.05)
    assert talking.mouth_open == pytest.approx(0.3)
    assert smiling.mouth_wide > calm.mouth_wide == pytest.approx(0.4)
    assert winking.eyes_open == calm.eyes_open == pytest.approx(0.3)


def test_a_turned_face_has_the_same_expression() -> None:
    face = mesh_with(lip=(14, (50, 91, 0)))
    turn = np.array([[0.5, 0, -(0.75**0.5)], [0, 1, 0], [0.75**0.5, 0, 0.5]], np.float32)
    turned = FaceMesh(face.points @ turn, 1.0)

    before, after = expression_of(face), expression_of(turned)

    assert after.mouth_open == pytest.approx(before.mouth_open, rel=1e-5)
    assert after.mouth_wide == pytest.approx(before.mouth_wide, rel=1e-5)
    assert after.eyes_open == pytest.approx(before.eyes_open, rel=1e-5)


def test_an_open_mouth_is_seen_in_pictures(demo_pictures: list[Labelled]) -> None:
    def mouths(*names: str) -> list[float]:
        return [
            picture.faces[0].expression.mouth_open
            for picture in demo_pictures
            if picture.answers["expression"] in names and abs(picture.yaw) < 45
        ]

    wide, shut = mouths("open", "talk_o", "surprise", "laugh"), mouths("neutral", "sad", "frown")
    assert len(wide) >= 3
    assert len(shut) >= 3
    assert min(wide) > max(shut)


def test_what_covers_a_face_is_seen(covered_pictures: list[Labelled]) -> None:
    covered = [each for each in covered_pictures if each.answers["reasons"] == "covered"]
    bare = [each for each in covered_pictures if each.answers["verdict"] == "keep"]
    most = sorted(each.faces[0].occlusion for each in bare if each.faces)[int(0.95 * len(bare))]

    hidden = [not each.faces or each.faces[0].occlusion > most for each in covered]

    assert len(covered) >= 5
    assert sum(hidden) >= 0.7 * len(covered)
