"""Rectangles around faces, in pixels of a picture: left, top, right, bottom."""

from __future__ import annotations

Box = tuple[float, float, float, float]


def area(box: Box) -> float:
    return max(0.0, box[2] - box[0]) * max(0.0, box[3] - box[1])


def shared_part(one: Box, other: Box) -> float:
    """How much of the smaller box lies in the other, 0 to 1."""
    shared = area(
        (
            max(one[0], other[0]),
            max(one[1], other[1]),
            min(one[2], other[2]),
            min(one[3], other[3]),
        )
    )
    return shared / max(min(area(one), area(other)), 1e-9)
