"""Where a manifest says a face is, is where the trainer lays it."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from curation.releases.geometry import face_at
from curation.vision.alignment import MEAN_FACE, apply, invert, similarity

JAW = np.zeros((17, 2))


@given(
    st.floats(20, 2000), st.floats(-179, 179), st.floats(-500, 5000), st.floats(-500, 5000),
    st.integers(0, 100),
)  # fmt: skip
def test_the_core_is_where_alignment_puts_it(
    side: float, turn: float, x: float, y: float, seed: int
) -> None:
    angle = math.radians(turn)
    turned = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    noise = np.random.default_rng(seed).normal(0, 0.02, MEAN_FACE.shape)
    points = ((MEAN_FACE - 0.5 + noise) @ turned.T) * side + (x, y)
    landmarks = np.vstack([JAW, points]).astype(np.float32)
    face = face_at((0, 0, 10, 10), landmarks, yaw=0, pitch=0, roll=0)
    assert face is not None
    back = invert(similarity(landmarks[17:], MEAN_FACE))
    centre = apply(back, np.array([[0.5, 0.5]]))[0]
    assert np.allclose((face.x, face.y), centre, atol=0.11)
    assert math.isclose(face.side, math.hypot(*back[:, 0]), abs_tol=0.11)
    own = math.degrees(math.atan2(back[1, 0], back[0, 0]))
    assert abs((face.turn - own + 180) % 360 - 180) < 0.11


def test_landmarks_in_one_place_are_no_face() -> None:
    assert face_at((0, 0, 1, 1), np.ones((68, 2)), yaw=0, pitch=0, roll=0) is None
