"""Films that several rooms read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import av
import numpy as np


def make_noise(path: Path, *, frames: int = 100, **options: Any) -> None:
    """Noise that no codec makes small, a second of it in 25 frames."""
    chance = np.random.default_rng(0)
    with av.open(str(path), "w", **options) as film:
        pictures = film.add_stream("libx264", rate=25, options={"g": "10"})
        pictures.width, pictures.height, pictures.pix_fmt = 160, 120, "yuv420p"
        for _ in range(frames):
            pixels = chance.integers(0, 255, (120, 160, 3), dtype=np.uint8)
            film.mux(pictures.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        film.mux(pictures.encode(None))
