"""Sheets of generated faces, such as previews: labelled like outputs, but not signed.

They are drawn all the time while a model learns, for people who may see the pictures anyway.
"""

from __future__ import annotations

from io import BytesIO

import numpy as np
from PIL import Image

from curation.vision.alignment import Rgb
from training.engine.marks import aigc
from training.engine.marks.label import VisibleLabel


def encode_sheet(rgb: Rgb, *, quality: int) -> bytes:
    """A picture (H, W, 3) as WebP with the visible label and the `AIGC` key."""
    picture = np.array(rgb)
    VisibleLabel().draw(picture)
    return encode_unlabelled(picture, quality=quality)


def encode_unlabelled(rgb: Rgb, *, quality: int) -> bytes:
    """The same without the visible label, for what is measured, or labelled before it is shown.

    A quality of 100 keeps every pixel.
    """
    buffer = BytesIO()
    # Method 2 takes a third of the default's time for 5 % more bytes.
    Image.fromarray(rgb).save(
        buffer,
        "WEBP",
        quality=quality,
        lossless=quality == 100,
        method=2,
        **aigc.in_picture(aigc.new_key(), ".webp"),
    )
    return buffer.getvalue()
