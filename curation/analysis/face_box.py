"""Where a face is, said so that it holds for every copy of the picture."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class FaceBox:
    """Parts of the picture's width and height, 0 to 1 from its top left."""

    left: float
    top: float
    right: float
    bottom: float


def face_box(box: tuple[float, float, float, float], *, width: int, height: int) -> FaceBox:
    """From left, top, right and bottom in pixels of a picture of that size.

    A face at the edge, which may be thought to go on outside of the picture, ends there.
    """
    left, top, right, bottom = box
    return FaceBox(
        left=_part(left, width),
        top=_part(top, height),
        right=_part(right, width),
        bottom=_part(bottom, height),
    )


def _part(pixels: float, of: int) -> float:
    return round(min(max(pixels / of, 0), 1), 4)
