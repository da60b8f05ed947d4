"""Smaller copies of a picture show what it shows, where it shows it."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from curation.vision import levels as module
from curation.vision.alignment import Matrix
from curation.vision.levels import SMALL_SIDE, Levels


def turned(degrees: float, scale: float, around: tuple[float, float]) -> Matrix:
    """The matrix that lays the picture's point `around` on (32, 40)."""
    radians = np.radians(degrees)
    turn = scale * np.array(
        [[np.cos(radians), -np.sin(radians)], [np.sin(radians), np.cos(radians)]]
    )
    return np.column_stack([turn, np.array([32, 40]) - turn @ np.array(around)])


def middle_of(gray: NDArray[np.uint8]) -> tuple[float, float]:
    weights = gray.astype(float)
    rows, columns = np.indices(gray.shape)
    x, y = (columns * weights).sum() / weights.sum(), (rows * weights).sum() / weights.sum()
    return float(x), float(y)


def spot(height: int, width: int, at: tuple[int, int], radius: int) -> NDArray[np.uint8]:
    picture = np.zeros((height, width, 3), np.uint8)
    cv2.circle(picture, at, radius, (255, 255, 255), -1)
    return picture


@pytest.mark.parametrize("large", [2**26, 1000])
@pytest.mark.parametrize("scale", [0.06, 0.1, 0.24, 0.3, 0.51, 0.8, 2.5])
def test_a_crop_shows_what_its_matrix_says(
    scale: float, large: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where it is cut from a copy, of a picture whose sides are odd."""
    monkeypatch.setattr(module, "_LARGE", large)
    picture = spot(605, 503, (300, 200), int(8 / min(scale, 1)))
    crop = Levels(picture).cut(turned(25, scale, (300, 200)), size=64)
    assert middle_of(crop[..., 0]) == pytest.approx((32, 40), abs=0.15)


def test_a_crop_outside_the_picture_repeats_its_edge() -> None:
    picture = np.full((50, 50, 3), 77, np.uint8)
    assert (Levels(picture).cut(turned(0, 0.2, (-5000, -5000)), size=16) == 77).all()


@pytest.mark.parametrize(
    ("height", "width"), [(300, 2000), (1201, 801), (257, 256), (90, 40), (1, 9000), (700, 3)]
)
def test_the_small_copy_shows_the_whole_picture(height: int, width: int) -> None:
    rng = np.random.default_rng(height)
    soft = cv2.GaussianBlur(rng.integers(0, 256, (height, width), np.uint8), (0, 0), 9)
    picture = cv2.cvtColor(cv2.normalize(soft, None, 0, 255, cv2.NORM_MINMAX), cv2.COLOR_GRAY2RGB)
    small = Levels(picture).small
    assert max(small.shape) == min(SMALL_SIDE, max(height, width))
    wanted = cv2.resize(picture, small.shape[1::-1], interpolation=cv2.INTER_AREA)
    assert np.abs(small.astype(int) - wanted).mean() < 3


@pytest.mark.parametrize(("height", "width"), [(161, 96), (96, 161), (161, 161)])
def test_the_last_row_and_column_of_odd_sides_are_in_the_copies(height: int, width: int) -> None:
    picture = np.zeros((height, width, 3), np.uint8)
    picture[height // 2 * 2 :] = 255
    picture[:, width // 2 * 2 :] = 255
    half = Levels(picture).cut(np.array([[0.5, 0, -0.25], [0, 0.5, -0.25]]), size=81)
    assert half[-1, 0, 0] == 255 * (height % 2)
    assert half[0, -1, 0] == 255 * (width % 2)


def test_fine_checks_become_gray_and_no_pattern() -> None:
    checks = np.indices((800, 803)).sum(axis=0) % 2 * 255
    levels = Levels(np.repeat(checks[..., None], 3, axis=2).astype(np.uint8))
    crop = levels.cut(turned(0, 0.08, (400, 400)), size=64)
    assert crop.std() < 6
    assert levels.small[1:-1, 1:-1].std() < 6
