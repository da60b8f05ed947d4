"""A face put back changes the face and nothing else."""

from __future__ import annotations

import numpy as np
import pytest

from training.engine.alignment import MEAN_FACE, Matrix
from training.engine.convert.blend import match_colour, put_back, soft_box

SIZE = 64


@pytest.fixture
def landmarks() -> Matrix:
    """A frontal face, 100 pixels wide, in a picture of 300 x 240 (height x width)."""
    angles = np.linspace(np.pi, 0, 17)
    jaw = np.stack([0.5 + 0.6 * np.cos(angles), 0.35 + 0.85 * np.sin(angles)], axis=1)
    return np.concatenate([jaw, MEAN_FACE]) * 100 + [70, 90]


@pytest.fixture
def matrix() -> Matrix:
    """From the picture to a crop of 64 pixels around that face."""
    scale = SIZE / 160
    return np.array([[scale, 0, -40 * scale], [0, scale, -70 * scale]])


def test_only_the_face_changes(landmarks: Matrix, matrix: Matrix) -> None:
    picture = np.full((300, 240, 3), 100, np.uint8)
    stripes = np.zeros((SIZE, SIZE, 3), np.float32)
    stripes[::2] = 200
    original = np.full((SIZE, SIZE, 3), 100, np.uint8)
    put_back(picture, stripes, original, landmarks=landmarks, matrix=matrix, mask="extended")

    changed = np.abs(picture.astype(int) - 100).max(axis=2)
    rows, columns = np.nonzero(changed > 8)
    assert columns.min() >= landmarks[:, 0].min() - 2
    assert columns.max() <= landmarks[:, 0].max() + 2
    assert rows.max() <= landmarks[8, 1] + 2
    assert (changed[130:170, 100:140] > 20).mean() > 0.5
    # Softly: no step from one pixel to the next is large at the rim.
    assert changed[int(landmarks[8, 1]) - 1, 120] < 20


def test_the_new_face_takes_the_old_ones_colour(landmarks: Matrix, matrix: Matrix) -> None:
    picture = np.full((300, 240, 3), (180, 120, 90), np.uint8)
    green = np.full((SIZE, SIZE, 3), (20, 200, 20), np.float32)
    original = np.full((SIZE, SIZE, 3), (180, 120, 90), np.uint8)
    put_back(picture, green, original, landmarks=landmarks, matrix=matrix, mask="extended")
    assert np.abs(picture.astype(int) - (180, 120, 90)).max() <= 1


def test_colour_is_matched_inside_the_mask_alone() -> None:
    chance = np.random.default_rng(0)
    drawn = chance.uniform(0, 120, (SIZE, SIZE, 3)).astype(np.float32)
    original = chance.integers(60, 200, (SIZE, SIZE, 3), dtype=np.uint8)
    mask = np.zeros((SIZE, SIZE), np.uint8)
    mask[10:40, 20:50] = 255
    matched = match_colour(drawn, original, mask)
    inside = mask > 0
    assert np.allclose(matched[inside].mean(0), original[inside].mean(0), atol=1)
    assert matched.min() >= 0
    assert matched.max() <= 255


def test_a_face_at_the_pictures_edge_is_put_back_as_far_as_it_goes(
    landmarks: Matrix, matrix: Matrix
) -> None:
    picture = np.full((300, 240, 3), 100, np.uint8)
    away = np.array([-110.0, 0])
    shifted = matrix.copy()
    shifted[:, 2] -= matrix[:, :2] @ away
    stripes = np.zeros((SIZE, SIZE, 3), np.float32)
    stripes[::2] = 200
    original = np.full((SIZE, SIZE, 3), 100, np.uint8)
    put_back(
        picture, stripes, original, landmarks=landmarks + away, matrix=shifted, mask="extended"
    )
    assert (picture[150:200, :30] != 100).any()
    assert (picture[:, 100:] == 100).all()
    put_back(picture, stripes, original, landmarks=landmarks - 999, matrix=shifted, mask="extended")


def test_the_box_is_open_in_the_middle_and_shut_at_the_border() -> None:
    box = soft_box(SIZE)
    assert box[SIZE // 2, SIZE // 2] == 1
    assert box[0].max() == box[:, -1].max() == 0
