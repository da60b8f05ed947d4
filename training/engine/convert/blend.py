"""Puts a drawn face back into the picture it came from, so that its edge does not show."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from training.engine.alignment import Matrix, Points, Rgb, apply, invert
from training.engine.masks import MaskKind, draw_mask

Floats = NDArray[np.float32]
FEATHER = 0.02
"""Softness of the mask's edge: sigma as a share of the crop's side."""
BOX_EDGE = 0.06
"""Share of the crop's side over which its border fades, should the mask reach it."""
COLOUR_PASSES = 2
"""Once more after clipping, which shifts the mean a little."""


def put_back(
    picture: Rgb, drawn: Floats, original: Rgb, *, landmarks: Points, matrix: Matrix, mask: MaskKind
) -> None:
    """Blend a drawn face into `picture`, uint8 (H, W, 3), in place.

    `drawn`, float32 (S, S, 3) of 0 to 255, takes the place of `original`, uint8 (S, S, 3), which
    `matrix` cut out of the picture; `landmarks` are the face's 68 points in picture pixels.
    """
    size = len(drawn)
    inner = draw_mask(apply(matrix, landmarks), height=size, width=size, kind=mask)
    drawn = match_colour(drawn, original, inner)
    left, top, right, bottom = _place(picture, matrix, size)
    if right <= left or bottom <= top:
        return
    corner = np.array([left, top])
    to_crop = matrix.copy()
    to_crop[:, 2] += matrix[:, :2] @ corner
    width, height = right - left, bottom - top

    sigma = max(0.8, FEATHER * size / float(np.sqrt(abs(np.linalg.det(matrix[:, :2])))))
    reach = int(np.ceil(1.5 * sigma))
    # Drawn higher by what the shrinking takes: half a brow of each person looks like four.
    inside = np.asarray(landmarks) - corner
    shape = draw_mask(inside, height=height, width=width, kind=mask, higher=reach)
    box = _warp_back(soft_box(size), to_crop, width, height, outside=0)
    alpha = np.minimum(_feathered(shape, sigma, reach), box)
    face = _warp_back(drawn, to_crop, width, height)
    place = picture[top:bottom, left:right]
    blended = place * (1 - alpha[..., None]) + face * alpha[..., None]
    place[:] = np.clip(np.rint(blended), 0, 255).astype(np.uint8)


def match_colour(drawn: Floats, original: Rgb, mask: NDArray[np.uint8]) -> Floats:
    """`drawn` with each channel's mean inside the mask moved to the original's."""
    inside = mask > 127
    if not inside.any():
        return drawn
    wanted = original[inside].mean(axis=0)
    matched = drawn.copy()
    for _ in range(COLOUR_PASSES):
        matched = np.clip(matched + (wanted - matched[inside].mean(axis=0)), 0, 255)
    return matched.astype(np.float32)


def soft_box(size: int) -> Floats:
    """1 in the middle of a crop, fading to 0 at its border: float32 (size, size)."""
    from_edge = np.minimum(np.arange(size), np.arange(size)[::-1]) / (size * BOX_EDGE)
    line = np.clip(from_edge, 0, 1)
    # Smooth at both ends, so that neither shows as a line.
    smooth = line * line * (3 - 2 * line)
    return np.outer(smooth, smooth).astype(np.float32)


def _feathered(mask: NDArray[np.uint8], sigma: float, reach: int) -> Floats:
    """The mask shrunk by `reach` pixels, then softened: float32 0 to 1, hardly any outside."""
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    # Bordered, because the edge of the part that is blended is no edge of the face.
    bordered = cv2.copyMakeBorder(mask, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    smaller = cv2.erode(bordered, kernel)[1:-1, 1:-1]
    soft = cv2.GaussianBlur(smaller.astype(np.float32) / 255, (0, 0), sigma)
    return soft.astype(np.float32)


def _place(picture: Rgb, matrix: Matrix, size: int) -> tuple[int, int, int, int]:
    """The rectangle of the picture that the crop covers: left, top, right, bottom."""
    height, width = picture.shape[:2]
    corners = apply(invert(matrix), np.array([[0, 0], [size, 0], [size, size], [0, size]]) - 0.5)
    left, top = np.clip(np.floor(corners.min(axis=0)), 0, [width, height]).astype(int)
    right, bottom = np.clip(np.ceil(corners.max(axis=0)) + 1, 0, [width, height]).astype(int)
    return int(left), int(top), int(right), int(bottom)


def _warp_back(
    crop: Floats, to_crop: Matrix, width: int, height: int, *, outside: float | None = None
) -> Floats:
    """A crop laid back over the part of the picture it came from, float32 (height, width, ...)."""
    border = cv2.BORDER_REPLICATE if outside is None else cv2.BORDER_CONSTANT
    flags = cv2.WARP_INVERSE_MAP | (cv2.INTER_CUBIC if outside is None else cv2.INTER_LINEAR)
    warped = cv2.warpAffine(
        crop, to_crop, (width, height), flags=flags, borderMode=border, borderValue=outside or 0
    )
    return warped.astype(np.float32, copy=False)
