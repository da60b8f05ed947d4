"""Every face comes to lie in the same place, however it lay in its picture."""

from __future__ import annotations

import csv
from pathlib import Path

import cv2
import numpy as np
import pytest

from curation.vision.alignment import (
    MEAN_FACE,
    Centring,
    Matrix,
    apply,
    crop_matrix,
    distance_to_mean,
    extract,
    invert,
    similarity,
    squares,
    views_in_head,
)
from curation.vision.masks import raise_brows
from curation.vision.pose import _HEAD


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
    matrix = similarity(MEAN_FACE, target)
    best = ((apply(matrix, MEAN_FACE) - target) ** 2).sum()
    for nudge in (turned(0.5, 1, (0, 0)), turned(0, 1.01, (0, 0)), turned(0, 1, (0.005, 0))):
        worse = apply(matrix, apply(nudge, MEAN_FACE))
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


@pytest.mark.parametrize("degrees", [-60, -30, 0, 30, 60])
def test_every_view_lies_inside_the_heads_square(degrees: float) -> None:
    """Only then can a stored head be cut down to what a model sees."""
    views = views_in_head(turned_head(degrees))
    assert views["head"] == pytest.approx((0, 0, 1))
    assert [views[name][2] for name in ("legacy", "face")] == pytest.approx([0.6, 0.75])
    for x, y, half in views.values():
        assert max(abs(x), abs(y)) + half <= 1.0 + 1e-6


def test_a_view_shows_what_a_crop_of_that_centring_would() -> None:
    landmarks = turned_head(25)
    head = crop_matrix(landmarks, size=200, coverage=1.0, centring="head")
    for centring, (x, y, half) in views_in_head(landmarks).items():
        cut = crop_matrix(landmarks, size=100, coverage=1.0, centring=centring)
        placed = (apply(cut, landmarks) + 0.5) / 50 - 1
        seen = ((apply(head, landmarks) + 0.5) / 100 - 1 - (x, y)) / half
        assert np.allclose(placed, seen, atol=1e-6)


@pytest.mark.parametrize("degrees", [-60, -30, 0, 30, 60])
def test_crops_lie_where_stored_faces_and_trained_models_have_them(degrees: float) -> None:
    """Another frame asks for faces cut out anew (FACES_VERSION) and models trained anew."""
    around = squares(turned_head(degrees))
    sideways = np.sin(np.radians(degrees))
    # A turned head's middle lies behind its features: on the side that it turns away from.
    assert around["legacy"] == pytest.approx((0.5, 0.5, 1.6))
    assert around["face"] == pytest.approx((0.5 - 0.45 * sideways, 0.57, 2.0), abs=0.01)
    assert around["head"] == pytest.approx((0.5 - 0.6 * sideways, 0.265, 8 / 3), abs=0.01)


@pytest.mark.parametrize("centring", ["legacy", "face", "head"])
@pytest.mark.parametrize("coverage", [0.625, 1.0])
def test_a_crop_is_its_centrings_square_from_edge_to_edge(
    centring: Centring, coverage: float
) -> None:
    """Around the same centre, so much of its side as the coverage says."""
    landmarks = apply(turned(20, 1.5, (40, 10)), turned_head(25))
    x, y, side = squares(landmarks)[centring]
    half = side * coverage / 2
    corners = np.array([(x - half, y - half), (x + half, y + half)])
    in_picture = apply(invert(similarity(landmarks[17:], MEAN_FACE)), corners)
    crop = crop_matrix(landmarks, size=64, coverage=coverage, centring=centring)
    assert np.allclose(apply(crop, in_picture), [(-0.5, -0.5), (63.5, 63.5)])


def turned_head(degrees: float) -> Matrix:
    """The landmarks of a head turned to the side, as far as its pose is estimated from them."""
    landmarks = np.repeat([[0.5, 0.6]], 68, axis=0)
    landmarks[17:] = MEAN_FACE
    indices = list(_HEAD)
    angle = np.radians(degrees)
    turn = np.array(
        [[np.cos(angle), 0, -np.sin(angle)], [0, 1, 0], [np.sin(angle), 0, np.cos(angle)]]
    )
    solid = np.array(list(_HEAD.values()), np.float64) @ turn.T
    landmarks[indices] = solid[:, :2] / 100 + 0.5
    return landmarks * 200


def test_landmarks_in_a_line_or_by_chance_lie_further_from_the_mean_than_a_profile() -> None:
    assert distance_to_mean(turned_head(0)) < distance_to_mean(turned_head(60)) < 0.2
    assert distance_to_mean(np.linspace((0, 0), (100, 3), 68)) > 0.2
    assert distance_to_mean(np.random.default_rng(0).uniform(0, 100, (68, 2))) > 0.2


def test_hair_and_ears_of_turned_heads_stay_inside_the_head_crop(synthetic: Path) -> None:
    """Ada and Bob, rendered alike, differ where either one's head or clothes are."""
    folder = synthetic / "pair"
    stored = np.load(folder / "landmarks_gt.npz")
    exact = dict(zip(stored["files"], stored["lm"].astype(np.float64), strict=True))
    outside = []
    for number in range(60):
        ada, bob = (
            cv2.imread(str(folder / "gt" / f"{number:03d}_{name}.jpg")) for name in ("ada", "bob")
        )
        landmarks = exact[f"gt/{number:03d}_ada.jpg"]
        differs = (cv2.absdiff(ada, bob).max(axis=2) > 24).astype(np.uint8)
        differs = cv2.morphologyEx(differs, cv2.MORPH_OPEN, np.ones((5, 5)))
        differs[int(landmarks[8, 1]) :] = 0
        rows, columns = np.nonzero(differs)
        matrix = crop_matrix(landmarks, size=64, coverage=1.0, centring="head")
        placed = apply(matrix, np.stack([columns, rows], axis=1).astype(np.float64))
        share = 1 - ((placed >= 0) & (placed <= 63)).all(axis=1).mean()
        outside.append((share, number))
    assert max(outside)[0] < 0.02, sorted(outside)[-5:]
