"""The mask is where the face is."""

from __future__ import annotations

import numpy as np
import pytest

from curation.vision.alignment import MEAN_FACE, Matrix
from curation.vision.masks import draw_features, draw_mask


@pytest.fixture
def landmarks() -> Matrix:
    """A frontal face, 100 pixels wide, with a round jaw, in a picture of 200 x 200."""
    angles = np.linspace(np.pi, 0, 17)
    jaw = np.stack([0.5 + 0.6 * np.cos(angles), 0.35 + 0.85 * np.sin(angles)], axis=1)
    return np.concatenate([jaw, MEAN_FACE]) * 100 + 50


def test_the_mask_holds_eyes_nose_and_mouth_and_ends_at_brow_and_jaw(landmarks: Matrix) -> None:
    mask = draw_mask(landmarks, height=200, width=200, kind="components")
    inside = mask > 127
    for point in landmarks[27:]:
        x, y = np.round(point).astype(int)
        assert inside[y, x], point
    rows, columns = np.nonzero(inside)
    assert columns.min() == pytest.approx(landmarks[:, 0].min(), abs=1.5)
    assert columns.max() == pytest.approx(landmarks[:, 0].max(), abs=1.5)
    assert rows.min() == pytest.approx(landmarks[17:27, 1].min(), abs=1.5)
    assert rows.max() == pytest.approx(landmarks[8, 1], abs=1.5)


def test_extended_goes_half_the_way_from_eye_to_brow_further_up(landmarks: Matrix) -> None:
    plain = draw_mask(landmarks, height=200, width=200, kind="components")
    extended = draw_mask(landmarks, height=200, width=200, kind="extended")
    lift = (landmarks[36:42, 1].mean() - landmarks[17:22, 1].mean()) / 2
    top, higher_top = (np.nonzero(mask > 127)[0].min() for mask in (plain, extended))
    assert top - higher_top == pytest.approx(lift, abs=1.5)
    assert ((extended > 0) | (plain == 0)).all()


def test_a_face_half_outside_the_picture_is_drawn_as_far_as_it_goes(landmarks: Matrix) -> None:
    whole = draw_mask(landmarks, height=200, width=200, kind="extended")
    shifted = draw_mask(landmarks - [100, 0], height=200, width=200, kind="extended")
    # Only the antialiased edge may come out a shade differently.
    assert np.abs(shifted[:, :100].astype(int) - whole[:, 100:]).mean() < 0.1


def test_eyes_and_mouth_have_soft_masks_of_their_own(landmarks: Matrix) -> None:
    eyes, mouth = draw_features(landmarks, size=200, face_side=200)
    for mask, first, last in ((eyes, 36, 42), (eyes, 42, 48), (mouth, 48, 60)):
        x, y = landmarks[first:last].mean(axis=0).round().astype(int)
        assert mask[y, x] > 240
    nose = tuple(landmarks[30, ::-1].astype(int))
    assert eyes[nose] == mouth[nose] == 0
    # Grown by 2.5 % of the side, and soft at the rim.
    rows, _ = np.nonzero(mouth > 127)
    assert rows.max() == pytest.approx(landmarks[48:60, 1].max() + 5, abs=1.5)
    assert ((mouth > 20) & (mouth < 230)).sum() > 100
