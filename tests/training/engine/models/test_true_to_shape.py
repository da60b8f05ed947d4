"""A face that is cut out and laid back lies where it was: no shift, no seam, no other change."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn import functional

from curation.vision.alignment import MEAN_FACE, Matrix, Points, Rgb, crop_matrix, extract
from curation.vision.masks import draw_mask
from training.engine.convert.draw.drawing import Drawer, TrainedView
from training.engine.convert.draw.swap import draw_over
from training.engine.convert.settings import ConvertSettings
from training.engine.models.face_model import Architecture, FaceModel, Prediction
from training.engine.run.folder import Side

SIDE = 640


class Mirror(FaceModel):
    """Draws what it is shown, in the size it is to draw, and remembers it."""

    def __init__(self, draws: int) -> None:
        super().__init__()
        self.draws = draws
        self.seen: list[Tensor] = []

    @property
    def shown(self) -> list[int]:
        """How many faces at once."""
        return [len(faces) for faces in self.seen]

    def swap(self, faces: Tensor, *, into: Side) -> Prediction:
        self.seen.append(faces.clone())
        size = (self.draws, self.draws)
        return Prediction(
            functional.interpolate(faces, size, mode="bilinear", antialias=True), None
        )


def mirror(sees: int, draws: int, **settings: Any) -> tuple[Drawer, Mirror]:
    model = Mirror(draws)
    drawer = Drawer(
        model=model,
        architecture=Architecture("mirror", sees, draws, lambda **_: model),
        into="a",
        view=TrainedView(coverage=0.8, centring="face", mask="extended"),
        settings=ConvertSettings.from_dict({"colour": {"match": "none"}, **settings}),
        device=torch.device("cpu"),
    )
    model.seen.clear()
    return drawer, model


def face(size: float, *, at: tuple[float, float] = (320.3, 310.8), tilt: float = 0.0) -> Matrix:
    """Landmarks of a frontal face, `size` pixels wide, turned by `tilt` degrees."""
    angles = np.linspace(np.pi, 0, 17)
    jaw = np.stack([0.5 + 0.6 * np.cos(angles), 0.35 + 0.85 * np.sin(angles)], axis=1)
    points = (np.concatenate([jaw, MEAN_FACE]) - 0.5) * size
    sine, cosine = np.sin(np.radians(tilt)), np.cos(np.radians(tilt))
    return points @ np.array([[cosine, sine], [-sine, cosine]]) + np.array(at)


def waves(length: float) -> Rgb:
    """Smooth waves across and along, whose place can be measured to a part of a pixel."""
    y, x = np.mgrid[:SIDE, :SIDE].astype(np.float64)
    turn = 2 * np.pi / length
    shades = [np.sin(turn * x) * np.sin(turn * y), np.sin(turn * (x + y)), np.sin(turn * (x - y))]
    return np.round(128 + 90 * np.stack(shades, axis=2)).astype(np.uint8)


def shift(before: Rgb, after: Rgb, inside: np.ndarray) -> np.ndarray:
    """By how many pixels x, y what is inside moved: the least squares of optical flow."""
    one, other = before.astype(float), after.astype(float)
    along_y, along_x = np.gradient((one + other) / 2, axis=(0, 1))
    slopes = np.stack([along_x[inside].ravel(), along_y[inside].ravel()], axis=1)
    moved, *_ = np.linalg.lstsq(slopes, (one - other)[inside].ravel(), rcond=None)
    return np.asarray(moved)


def middle_of(landmarks: Points) -> np.ndarray:
    """True within the features, far inside the mask."""
    y, x = np.mgrid[:SIDE, :SIDE]
    centre, size = landmarks[17:].mean(axis=0), np.ptp(landmarks[17:], axis=0).max()
    return np.asarray(np.hypot(x - centre[0], y - centre[1]) < size * 0.35)


@pytest.mark.parametrize(
    ("sees", "draws", "size", "tilt"),
    [
        (128, 128, 60, 0),
        (128, 128, 60, 33),
        (64, 64, 40, -20),
        (64, 128, 90, 10),
        (128, 256, 45, 0),
        (64, 100, 17, 0),
        (64, 100, 21, 25),
        (64, 64, 190, 0),
        (64, 64, 150, -90),
        (80, 80, 300, 170),
    ],
)
def test_a_face_lies_where_it_lay_to_a_tenth_of_a_pixel(
    sees: int, draws: int, size: int, tilt: int
) -> None:
    before, landmarks = waves(max(24, 4.0 * size * 1.6 / sees * 4)), face(size, tilt=tilt)
    after = before.copy()
    assert draw_over(mirror(sees, draws)[0], [after], [[landmarks]]) == 1
    moved = shift(before, after, middle_of(landmarks))
    assert np.abs(moved).max() < 0.1
    assert np.abs(before.astype(int) - after)[middle_of(landmarks)].mean() < 4


def test_the_measure_sees_a_tenth_of_a_pixel() -> None:
    before, landmarks = waves(64), face(150)
    x = np.arange(SIDE) + 0.15
    lower = np.clip(np.floor(x).astype(int), 0, SIDE - 2)
    part = (x - lower)[None, :, None]
    moved = np.round(before[:, lower] * (1 - part) + before[:, lower + 1] * part).astype(np.uint8)
    assert shift(before, moved, middle_of(landmarks)) == pytest.approx([-0.15, 0], abs=0.03)


@pytest.mark.parametrize(("size", "tilt"), [(30, 20), (60, 0), (200, -40)])
def test_a_model_is_shown_what_it_was_taught_with(size: int, tilt: int) -> None:
    picture, landmarks = waves(max(24, size)), face(size, tilt=tilt)
    drawer, model = mirror(64, 64)
    matrix = crop_matrix(landmarks, size=64, coverage=0.8, centring="face")
    taught = extract(picture, matrix, size=64)
    draw_over(drawer, [picture.copy()], [[landmarks]])
    shown = np.round(model.seen[0][0].permute(1, 2, 0).numpy() * 255).astype(np.uint8)
    inside = np.zeros((64, 64), bool)
    inside[8:-8, 8:-8] = True
    assert np.abs(shift(taught, shown, inside)).max() < 0.1


@pytest.mark.parametrize("size", [40, 250])
def test_outside_the_mask_nothing_changes_and_inside_hardly_anything(size: int) -> None:
    chance = np.random.default_rng(1).normal(0, 1, (SIDE // 8, SIDE // 8, 3)).astype(np.float32)
    before = np.clip(cv2.resize(chance, (SIDE, SIDE)) * 40 + 128, 0, 255).astype(np.uint8)
    after, landmarks = before.copy(), face(size, tilt=15)
    draw_over(mirror(256, 256)[0], [after], [[landmarks]])
    difference = np.abs(before.astype(int) - after).max(axis=2)
    mask = draw_mask(landmarks, height=SIDE, width=SIDE, kind="extended", higher=size / 3) > 0
    outside = ~cv2.dilate(mask.astype(np.uint8), np.ones((5, 5))).astype(bool)
    assert difference[outside].max() == 0
    assert difference[mask].max() <= 12
    assert difference[mask].mean() < 2
    rim = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_GRADIENT, np.ones((9, 9))) > 0
    assert difference[rim].mean() <= difference[mask].mean() + 0.1


CROWD = [face(50, at=(90 + 150 * x, 90 + 150 * y)) for y in range(3) for x in range(4)]


def test_all_faces_of_a_picture_make_one_batch_and_fill_it_with_those_of_the_next() -> None:
    pictures = [waves(40), waves(50)]
    drawer, model = mirror(64, 64, batch=16)
    assert draw_over(drawer, pictures, [CROWD[:5], []]) == 5
    assert model.shown == [5]
    model.seen.clear()
    assert draw_over(drawer, pictures, [CROWD, CROWD]) == 24
    assert model.shown == [16, 8]


def test_faces_drawn_together_come_out_as_if_drawn_alone() -> None:
    landmarks = [*CROWD[:3], face(170, at=(330, 440))]
    together, alone = waves(40), waves(40)
    drawer, model = mirror(64, 64)
    draw_over(drawer, [together], [landmarks])
    assert model.shown == [4]
    for each in landmarks:
        draw_over(drawer, [alone], [[each]])
    assert np.abs(together.astype(int) - alone).max() <= 2


def test_faces_that_overlap_are_drawn_one_upon_the_other_in_order() -> None:
    landmarks = [CROWD[0], face(50, at=(120, 90)), CROWD[2], face(50, at=(150, 90))]
    together, alone = waves(40), waves(40)
    drawer, model = mirror(64, 64)
    draw_over(drawer, [together], [landmarks])
    assert model.shown == [2, 1, 1]
    for each in landmarks:
        draw_over(drawer, [alone], [[each]])
    assert np.abs(together.astype(int) - alone).max() <= 2
