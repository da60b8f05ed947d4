"""Every face comes to lie in the same place, however it lay in its picture."""

from __future__ import annotations

import csv
from pathlib import Path

import cv2
import numpy as np
import pytest

from training.engine.alignment import (
    MEAN_FACE,
    Matrix,
    apply,
    crop_matrix,
    extract,
    invert,
    similarity,
)
from training.engine.masks import raise_brows


def turned(degrees: float, scale: float, shift: tuple[float, float]) -> Matrix:
    angle = np.radians(degrees)
    cos, sin = scale * np.cos(angle), scale * np.sin(angle)
    return np.array([[cos, -sin, shift[0]], [sin, cos, shift[1]]])


@pytest.mark.parametrize("degrees", [0, 33, 90, 180, -120])
def test_a_known_turn_scale_and_shift_is_found(degrees: float) -> None:
    known = turned(degrees, 180, (300, -20))
    assert np.allclose(similarity(MEAN_FACE, apply(known, MEAN_FACE)), known)


def test_the_best_fit_is_least_squares() -> None:
    noise = np.random.default_rng(3).normal(0, 0.02, MEAN_FACE.shape)
    target = apply(turned(20, 2, (1, 1)), MEAN_FACE) + noise
    found = similarity(MEAN_FACE, target)
    best = ((apply(found, MEAN_FACE) - target) ** 2).sum()
    for nudge in (turned(0.5, 1, (0, 0)), turned(0, 1.01, (0, 0)), turned(0, 1, (0.005, 0))):
        worse = apply(found, apply(nudge, MEAN_FACE))
        assert ((worse - target) ** 2).sum() > best


def test_a_mirrored_face_is_never_mirrored_back() -> None:
    mirrored = MEAN_FACE * [-1, 1]
    assert np.linalg.det(similarity(mirrored, MEAN_FACE)[:, :2]) > 0


def test_points_that_are_all_the_same_are_refused() -> None:
    with pytest.raises(ValueError, match="all points are the same"):
        similarity(np.ones((51, 2)), MEAN_FACE)


def test_a_matrix_and_its_inverse_undo_each_other() -> None:
    matrix = turned(40, 3, (5, 6))
    assert np.allclose(apply(invert(matrix), apply(matrix, MEAN_FACE)), MEAN_FACE)


@pytest.mark.parametrize("scale", [0.1, 0.3, 0.8, 2.5])
def test_a_crop_shows_what_its_matrix_says(scale: float) -> None:
    """A bright spot lands where the matrix puts it, also when the crop is much smaller."""
    picture = np.zeros((600, 500, 3), np.uint8)
    cv2.circle(picture, (300, 200), int(8 / min(scale, 1)), (255, 255, 255), -1)
    turn = turned(25, scale, (0, 0))
    turn[:, 2] = np.array([32, 40]) - turn[:, :2] @ np.array([300, 200])
    crop = extract(picture, turn, size=64)
    weights = crop[..., 0].astype(float)
    rows, columns = np.mgrid[:64, :64]
    middle = (columns * weights).sum() / weights.sum(), (rows * weights).sum() / weights.sum()
    assert middle == pytest.approx((32, 40), abs=0.15)


def test_a_small_crop_averages_instead_of_skipping_pixels() -> None:
    checks = np.indices((800, 800)).sum(axis=0) % 2 * 255
    picture = np.repeat(checks[..., None], 3, axis=2).astype(np.uint8)
    crop = extract(picture, turned(0, 0.08, (0, 0)), size=64)
    assert crop.std() < 6
    assert crop.mean() == pytest.approx(127.5, abs=3)


def test_a_crop_outside_the_picture_repeats_its_edge() -> None:
    picture = np.full((50, 50, 3), 77, np.uint8)
    assert (extract(picture, turned(0, 1, (-500, -500)), size=16) == 77).all()


def test_every_render_from_profile_to_profile_stays_inside_its_crop(synthetic: Path) -> None:
    pair = synthetic / "pair"
    with (pair / "pose.csv").open() as file:
        yaws = {row["file"]: float(row["yaw"]) for row in csv.DictReader(file)}
    stored = np.load(pair / "landmarks_ada.npz")
    outside = []
    for file, exact in zip(stored["files"], stored["lm"].astype(np.float64), strict=True):
        matrix = crop_matrix(exact, size=64, coverage=0.8)
        placed = apply(matrix, raise_brows(exact, share=0.5))
        if placed.min() < 0 or placed.max() > 63:
            outside.append((file, yaws[file]))
    assert len(outside) <= 0.02 * len(stored["files"]), outside
