"""Small copies of pictures, for screens."""

from __future__ import annotations

from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image


def encode_webp(rgb: NDArray[np.uint8], *, longest_side: int, quality: int) -> bytes:
    """The (H, W, 3) picture as WebP of at most `longest_side` pixels, never enlarged.

    Pixels only: no EXIF, no colour profile, nothing of where the picture came from.
    """
    image = Image.fromarray(rgb)
    image.thumbnail((longest_side, longest_side))
    buffer = BytesIO()
    # Method 2 takes a third of the default's time for 5 % more bytes.
    image.save(buffer, "WEBP", quality=quality, method=2)
    return buffer.getvalue()
