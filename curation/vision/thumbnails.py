"""Small copies of pictures, for screens."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from curation.vision.decode import decode


class CopySize(NamedTuple):
    longest_side: int
    """Pixels."""
    quality: int
    """Of WebP, up to 100."""


def copies_of(data: bytes, sizes: Sequence[CopySize]) -> list[bytes]:
    """WebP copies of a picture file, one of each size. Raises Unreadable."""
    rgb = decode(data).rgb
    return [encode_webp(rgb, longest_side=s.longest_side, quality=s.quality) for s in sizes]


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
