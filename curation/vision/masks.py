"""Face masks drawn from the 68 landmarks, without any neural net."""

from __future__ import annotations

from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from curation.vision.alignment import Points

MaskKind = Literal["extended", "components"]
Mask = NDArray[np.uint8]

JAW_RIGHT, JAW_LEFT = range(9), range(8, 17)
BROW_RIGHT, BROW_LEFT = range(17, 22), range(22, 27)
BRIDGE, NOSTRILS = range(27, 31), range(31, 36)
EYE_RIGHT, EYE_LEFT = range(36, 42), range(42, 48)
LIPS = range(48, 60)

# The face is the union of the convex hulls of these. One hull of all the points would bridge
# the dip between brow and nose of a turned head, and include background there.
REGIONS = (
    (*JAW_RIGHT, *BROW_RIGHT, *BRIDGE),
    (*JAW_LEFT, *BROW_LEFT, *BRIDGE),
    (*BRIDGE, *NOSTRILS, *LIPS, 8),
    (21, 22, 27),
)
# How far above the brows a mask ends, as a share of their distance from the eyes.
LIFTS: dict[MaskKind, float] = {"components": 0.0, "extended": 0.5}
# How far the masks of eyes and mouth reach beyond them, and over how much they fade, as shares
# of the side of the face's square.
FEATURE_REACH = 0.025
FEATURE_FADE = 1 / 16
# Fractions of a pixel that polygon corners are placed with: 2 to the power of this.
SUBPIXEL_BITS = 4


def draw_mask(
    landmarks: Points, *, height: int, width: int, kind: MaskKind, higher: float = 0.0
) -> Mask:
    """The face's mask, uint8 (height, width), 255 inside and 0 outside.

    `landmarks` are the 68 points in pixels of the mask. `components` ends at the brows;
    `extended` goes half the distance from eye to brow further up; either ends `higher` pixels
    above that.
    """
    points = np.asarray(landmarks, dtype=np.float64)
    points = raise_brows(points, share=LIFTS[kind], higher=higher)
    mask = np.zeros((height, width), dtype=np.uint8)
    for region in REGIONS:
        hull = cv2.convexHull(points[list(region)].astype(np.float32))
        corners = np.round(hull * 2**SUBPIXEL_BITS).astype(np.int32)
        cv2.fillConvexPoly(mask, corners, 255, lineType=cv2.LINE_AA, shift=SUBPIXEL_BITS)
    return mask


def draw_features(landmarks: Points, *, size: int, face_side: float) -> tuple[Mask, Mask]:
    """The soft masks of the eyes and of the mouth, uint8 (size, size) each.

    `landmarks` are the 68 points in pixels of the masks, and `face_side` is the side, in pixels,
    of the square that holds the face there.
    """
    eyes = _soft_polygons(landmarks, (EYE_RIGHT, EYE_LEFT), size=size, face_side=face_side)
    return eyes, _soft_polygons(landmarks, (LIPS,), size=size, face_side=face_side)


def _soft_polygons(
    landmarks: Points, outlines: tuple[range, ...], *, size: int, face_side: float
) -> Mask:
    mask = np.zeros((size, size), dtype=np.uint8)
    for outline in outlines:
        corners = np.asarray(landmarks, dtype=np.float64)[list(outline)] * 2**SUBPIXEL_BITS
        whole = [np.round(corners).astype(np.int32)]
        cv2.fillPoly(mask, whole, 255, lineType=cv2.LINE_AA, shift=SUBPIXEL_BITS)
    reach = 2 * round(face_side * FEATURE_REACH) + 1
    wider = cv2.dilate(mask, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach)))
    fade = 2 * round(face_side * FEATURE_FADE / 2) + 1
    return cv2.GaussianBlur(wider, (fade, fade), 0).astype(np.uint8, copy=False)


def raise_brows(
    points: NDArray[np.float64], *, share: float, higher: float = 0.0
) -> NDArray[np.float64]:
    """The 68 points with both brows lifted by a share of their distance from the eyes, and more."""
    raised = points.copy()
    for brow, eye in ((BROW_RIGHT, EYE_RIGHT), (BROW_LEFT, EYE_LEFT)):
        up = points[list(brow)].mean(axis=0) - points[list(eye)].mean(axis=0)
        distance = max(float(np.linalg.norm(up)), 1e-6)
        raised[list(brow)] += up * (share + higher / distance)
    return raised
