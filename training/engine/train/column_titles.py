"""Titles above the columns of a picture."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from curation.vision.alignment import Rgb

HEIGHT = 28
"""Height of the title row in pixels; even, as video codecs require."""
LETTERS = 16
BEHIND, INK = (32, 32, 32), (255, 255, 255)


def titled(picture: Rgb, titles: Sequence[str]) -> Rgb:
    """A picture (H, W, 3) with a row of titles above it, each centred over its column."""
    width = picture.shape[1]
    line = Image.new("RGB", (width, HEIGHT), BEHIND)
    canvas, font = ImageDraw.Draw(line), ImageFont.load_default(LETTERS)
    for place, title in enumerate(titles):
        middle = (place + 0.5) * width / len(titles)
        canvas.text((middle, HEIGHT / 2), title, fill=INK, font=font, anchor="mm")
    return np.vstack([np.asarray(line), picture])
