"""Sharpness of a face."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from curation.vision.resize import in_gray, resized

_FACE_SIZE = 200
"""Pixels that each face is resized to, so that blur is measured relative to the face."""
_MARGIN = 0.1


def face_sharpness(rgb: NDArray[np.uint8], landmarks: NDArray[np.float32]) -> float:
    """How much of a face's fine contrast is lost by blurring it once more, 0 (all soft) to 1.

    Takes the (H, W, 3) picture at full size and its (68, 2) landmarks in pixels. Independent of
    contrast and brightness; a face too small to show detail counts as soft. 0 outside the picture.
    """
    inner = landmarks[17:]  # without the jaw: its line is hair and background too
    low, high = inner.min(axis=0), inner.max(axis=0)
    side = float((high - low).max()) * (1 + 2 * _MARGIN)
    left, top = (low + high - side) / 2
    rows = slice(max(0, round(top)), max(0, round(top + side)))
    columns = slice(max(0, round(left)), max(0, round(left + side)))
    face = rgb[rows, columns]
    if min(face.shape) < 3:
        return 0.0
    gray = resized(in_gray(face), _FACE_SIZE / side).astype(np.float32)
    softer = cv2.GaussianBlur(gray, (0, 0), 1).astype(np.float32, copy=False)
    contrast = _contrast(gray)
    return 1 - _contrast(softer) / contrast if contrast > 0 else 0.0


def _contrast(gray: NDArray[np.float32]) -> float:
    """The sum of the differences between neighbours."""
    down = cv2.norm(gray[1:], gray[:-1], cv2.NORM_L1)
    across = cv2.norm(gray[:, 1:], gray[:, :-1], cv2.NORM_L1)
    return down + across
