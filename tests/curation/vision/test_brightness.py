"""How light a picture is said to be."""

from __future__ import annotations

import numpy as np
import pytest

from curation.vision.brightness import brightness


def picture(rgb: tuple[int, int, int]) -> np.ndarray:
    return np.full((40, 60, 3), rgb, np.uint8)


@pytest.mark.parametrize(
    ("rgb", "expected"),
    [((0, 0, 0), 0), ((255, 255, 255), 1), ((0, 255, 0), 0.587), ((0, 0, 255), 0.114)],
)
def test_it_is_as_light_as_it_looks(rgb: tuple[int, int, int], expected: float) -> None:
    assert brightness(picture(rgb)) == pytest.approx(expected)


def test_of_a_picture_with_a_face_it_is_the_face_that_counts() -> None:
    dark = picture((0, 0, 0))
    dark[10:20, 30:50] = 255
    assert brightness(dark, (30, 10, 50, 20)) == pytest.approx(1)
    assert brightness(dark) == pytest.approx(200 / 2400)


@pytest.mark.parametrize("box", [(-30, -30, -5, -5), (70, 50, 90, 90), (5, 5, 5, 9)])
def test_a_box_that_holds_nothing_of_the_picture_leaves_the_whole(
    box: tuple[float, float, float, float],
) -> None:
    assert brightness(picture((255, 255, 255)), box) == pytest.approx(1)


def test_a_box_over_the_edge_counts_what_is_inside() -> None:
    assert brightness(picture((255, 255, 255)), (-10, -10, 10, 10)) == pytest.approx(1)
