"""The mark of `favicon.svg` as pictures, for phones that put the site beside their apps.

`python -m tests.stories.mark` writes them; a test draws them again.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

from PIL import Image, ImageDraw

ICONS = Path(__file__).resolve().parents[2] / "frontend" / "public" / "icons"
INK, PAPER = (0x2D, 0x52, 0x74), (0xFA, 0xF7, 0xF2)
FINER = 4
"""Drawn so many times as large first, for smooth edges."""
BOX = 32
"""The side of the drawing in `favicon.svg`."""

Point = tuple[float, float]
BOWL: list[tuple[Point, Point, Point, Point]] = [
    ((29, 14.5), (29, 21.7), (23.2, 26.5), (16, 26.5)),
    ((16, 26.5), (8.8, 26.5), (3, 21.7), (3, 14.5)),
]
GRAINS = [  # centre, radii, degrees, opacity
    ((16, 8), (2.6, 4.6), 24, 1.0),
    ((7.8, 8.6), (1.7, 3), -28, 0.45),
    ((24.6, 6.6), (1.5, 2.7), 48, 0.28),
]
FILES = {"180.png": (180, 0.72), "192.png": (192, 0.8), "512.png": (512, 0.8)}
FILES["maskable.png"] = (512, 0.6)
"""Their side, and how much of it the mark takes: round masks cut off a fifth."""


def draw(side: int, share: float) -> Image.Image:
    """The mark in the middle of a sheet of paper."""
    large = side * FINER
    scale = large * share / BOX
    shift = large / 2 - scale * BOX / 2

    def place(points: Iterator[Point]) -> list[Point]:
        return [(shift + x * scale, shift + y * scale) for x, y in points]

    picture = Image.new("RGB", (large, large), PAPER)
    shapes = [(list(_bowl()), 1.0), *((list(_ellipse(*grain)), grain[3]) for grain in GRAINS)]
    for points, opacity in shapes:
        ink = tuple(round(p + (i - p) * opacity) for i, p in zip(INK, PAPER, strict=True))
        ImageDraw.Draw(picture).polygon(place(iter(points)), fill=ink)
    return picture.resize((side, side), Image.Resampling.BOX)


def _bowl(steps: int = 60) -> Iterator[Point]:
    yield 3, 14.5
    for a, b, c, d in BOWL:
        for step in range(steps + 1):
            t, s = step / steps, 1 - step / steps
            parts = zip((s**3, 3 * s * s * t, 3 * s * t * t, t**3), (a, b, c, d), strict=True)
            weighed = [(weight * x, weight * y) for weight, (x, y) in parts]
            yield sum(x for x, _ in weighed), sum(y for _, y in weighed)


def _ellipse(centre: Point, radii: Point, degrees: float, _opacity: float) -> Iterator[Point]:
    turn = math.radians(degrees)
    for step in range(120):
        angle = math.tau * step / 120
        x, y = radii[0] * math.cos(angle), radii[1] * math.sin(angle)
        yield (
            centre[0] + x * math.cos(turn) - y * math.sin(turn),
            centre[1] + x * math.sin(turn) + y * math.cos(turn),
        )


if __name__ == "__main__":
    ICONS.mkdir(exist_ok=True)
    for name, (side, share) in FILES.items():
        draw(side, share).save(ICONS / name, optimize=True)
