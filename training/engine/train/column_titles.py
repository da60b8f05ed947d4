"""Says above the columns of a picture what each shows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from curation.vision.alignment import Rgb

HEIGHT = 28
"""Pixels of the line with the titles: even, as videos want their sides."""
LETTERS = 16
BEHIND, INK = (32, 32, 32), (255, 255, 255)


def titled(picture: Rgb, titles: Sequence[str]) -> Rgb:
    """A picture (H, W, 3) with a line of titles above it, each over its share of the width."""
    width = picture.shape[1]
    line = Image.new("RGB", (width, HEIGHT), BEHIND)
    drawn, font = ImageDraw.Draw(line), ImageFont.load_default(LETTERS)
    for place, title in enumerate(titles):
        middle = (place + 0.5) * width / len(titles)
        drawn.text((middle, HEIGHT / 2), title, fill=INK, font=font, anchor="mm")
    return np.vstack([np.asarray(line), picture])
