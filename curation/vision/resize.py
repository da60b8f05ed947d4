"""Copies of a picture to look for something in."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray


def resized(picture: NDArray[np.uint8], scale: float) -> NDArray[np.uint8]:
    """The (H, W) or (H, W, 3) picture, `scale` times as large."""
    size = max(1, round(picture.shape[1] * scale)), max(1, round(picture.shape[0] * scale))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    return cv2.resize(picture, size, interpolation=how).astype(np.uint8, copy=False)


def in_gray(rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The brightness of an (H, W, 3) picture, as (H, W)."""
    return cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY).astype(np.uint8, copy=False)
