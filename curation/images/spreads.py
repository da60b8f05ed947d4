"""The ranges in which pictures are counted and chosen by what was measured on their largest face.

One place for all who ask: the grid's filters, the coverage of a set, the builder of releases. Each
range begins at its own edge and ends before the next. Pure.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Spread:
    """One measure, and the ranges that it is told in."""

    key: str
    """Its column in Measures."""
    edges: tuple[float, ...]
    names: tuple[str, ...]
    """One more than the edges, from the smallest values on."""

    def place_of(self, value: float | None) -> int | None:
        """Which of its names fits a value; None where nothing was measured."""
        return None if value is None else bisect_right(self.edges, value)

    def name_of(self, value: float | None) -> str | None:
        place = self.place_of(value)
        return None if place is None else self.names[place]

    def limits_of(self, name: str) -> tuple[float | None, float | None]:
        """Where a range begins and ends; None where it is open."""
        place = self.names.index(name)
        begins = self.edges[place - 1] if place else None
        return begins, self.edges[place] if place < len(self.edges) else None


YAW = Spread(
    key="yaw",
    edges=(-50, -20, 20, 50),
    names=("left_profile", "left", "front", "right", "right_profile"),
)
"""Which side of the picture the nose points to; the degrees of `curation.vision.pose.turn_of`."""
PITCH = Spread(key="pitch", edges=(-12, 12), names=("down", "level", "up"))
BRIGHTNESS = Spread(key="brightness", edges=(0.35, 0.65), names=("dark", "medium", "bright"))
"""Renders called dim have a median of 0.33, in a studio 0.61."""
MOUTH = Spread(key="mouth_open", edges=(0.06, 0.15), names=("shut", "ajar", "open"))
"""Renders: nine tenths of the shut mouths below 0.06, an "o" at 0.2."""
EYES = Spread(key="eyes_open", edges=(0.27,), names=("shut", "open"))
"""Renders: a blink has a median of 0.26, open eyes 0.31 and more."""
SHARPNESS = Spread(key="sharpness", edges=(0.15, 0.25), names=("soft", "fair", "sharp"))
"""Renders labelled blurry reach 0.10; of those to keep, nineteen of twenty have more than 0.20."""
FACE_SIZE = Spread(key="face_size", edges=(128, 256), names=("under_128", "128_to_255", "from_256"))

SPREADS = (YAW, PITCH, BRIGHTNESS, MOUTH, EYES, SHARPNESS, FACE_SIZE)
