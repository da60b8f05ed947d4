"""What a manual throws out shows in a picture's signs."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from curation.vision.faces import DetectedFace
from curation.vision.signs import KINDS, signs_of
from tests.stories import spoilt

SPOILT = {
    "blurry": spoilt.blurred,
    "covered": spoilt.covered,
    "drawn": spoilt.drawn,
    "rephoto": spoilt.rephotographed,
}
Portraits = dict[str, NDArray[np.uint8]]


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_spoilt_shows(
    portraits: Portraits, portrait_faces: dict[str, DetectedFace], kind: str
) -> None:
    clean, made = [], []
    for place, (name, rgb) in enumerate(portraits.items()):
        face = portrait_faces[name].landmarks
        bad = SPOILT[kind](rgb, face.astype(np.float64), np.random.default_rng(place))
        clean.append(getattr(signs_of(rgb, face), kind))
        # A photo of a photo shows the face elsewhere: as where nobody was found.
        made.append(getattr(signs_of(bad, None if kind == "rephoto" else face), kind))
    assert np.median(clean) < 0 < np.median(made)
    assert np.mean(np.array(made)[:, None] > np.array(clean)) > 0.9


def test_a_picture_without_a_face_has_signs_too(portraits: Portraits) -> None:
    backdrop = np.full_like(portraits["bob_1"], 128)
    assert all(np.isfinite(getattr(signs_of(backdrop, None), kind)) for kind in KINDS)


def test_points_in_one_place_are_no_face(portraits: Portraits) -> None:
    with pytest.raises(ValueError, match="all points are the same"):
        signs_of(portraits["bob_1"], np.full((68, 2), 5, np.float32))
