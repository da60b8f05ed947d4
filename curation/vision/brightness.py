"""How light a picture is, so that dark ones and burnt ones stand together."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_LUMA = np.array([0.299, 0.587, 0.114])
"""ITU-R BT.601, for the values as they are encoded: as light as it looks, not as it was."""


def brightness(
    rgb: NDArray[np.uint8], box: tuple[float, float, float, float] | None = None
) -> float:
    """Mean luminance of the picture (height, width, 3), 0 black to 1 white.

    Of the part within `box` (left, top, right, bottom in pixels), if there is one and any of it is
    in the picture.
    """
    part = rgb
    if box is not None:
        left, top, right, bottom = (max(0, round(side)) for side in box)
        part = rgb[top:bottom, left:right]
    if part.size == 0:
        part = rgb
    # Means before weights: the picture is never copied as floats.
    return float(part.mean(axis=(0, 1)) @ _LUMA) / 255
