from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from curation.vision.faces import DetectedFace
from curation.vision.resize import resized
from curation.vision.sharpness import face_sharpness
from tests.curation.vision.conftest import Labelled

Portraits = dict[str, NDArray[np.uint8]]


def test_each_blur_makes_a_face_softer(
    portraits: Portraits, portrait_faces: dict[str, DetectedFace]
) -> None:
    rgb, landmarks = portraits["ada_1"], portrait_faces["ada_1"].landmarks
    figures = [
        face_sharpness(cv2.GaussianBlur(rgb, (0, 0), radius), landmarks) for radius in (1, 2, 4, 8)
    ]

    assert face_sharpness(rgb, landmarks) > figures[0]
    assert figures == sorted(figures, reverse=True)
    assert all(0 < figure < 1 for figure in figures)


def test_neither_light_nor_many_pixels_make_a_face_sharper(
    portraits: Portraits, portrait_faces: dict[str, DetectedFace]
) -> None:
    rgb, landmarks = portraits["bob_2"], portrait_faces["bob_2"].landmarks
    figure = face_sharpness(rgb, landmarks)

    dark = (rgb * 0.4).astype(np.uint8)
    enlarged = resized(rgb, 3)

    assert face_sharpness(dark, landmarks) == pytest.approx(figure, abs=0.03)
    assert face_sharpness(enlarged, landmarks * 3) == pytest.approx(figure, abs=0.05)


def test_a_tiny_face_counts_as_soft(
    portraits: Portraits, portrait_faces: dict[str, DetectedFace]
) -> None:
    tiny = resized(portraits["eve_1"], 0.12)

    figure = face_sharpness(tiny, portrait_faces["eve_1"].landmarks * np.float32(0.12))

    assert figure < 0.6 * face_sharpness(portraits["eve_1"], portrait_faces["eve_1"].landmarks)


@pytest.mark.parametrize("x", [-500, 900])
def test_a_face_outside_the_picture_has_no_sharpness(x: float) -> None:
    landmarks = np.random.default_rng(0).uniform(x, x + 100, (68, 2)).astype(np.float32)

    assert face_sharpness(np.zeros((200, 200, 3), np.uint8), landmarks) == 0


def area_under_curve(pictures: list[Labelled]) -> float:
    """How often a face to keep is sharper than a blurry one."""
    sharp, blurry = [], []
    for picture in pictures:
        if picture.faces:
            figure = face_sharpness(picture.rgb, picture.faces[0].landmarks)
            if picture.answers["verdict"] == "keep":
                sharp.append(figure)
            elif picture.answers["reasons"] == "blurry":
                blurry.append(figure)
    assert len(sharp) > len(blurry) > 5
    return float(np.mean(np.array(sharp)[:, None] > np.array(blurry)))


def test_blurry_pictures_are_told_from_sharp_ones(demo_pictures: list[Labelled]) -> None:
    assert area_under_curve(demo_pictures) > 0.97


@pytest.mark.slow
def test_blurry_pictures_of_the_large_set_are_told_from_sharp_ones(
    many_pictures: list[Labelled],
) -> None:
    assert area_under_curve(many_pictures) > 0.98
