"""Face alignment: the rotation, scale and shift to a common frame.

Coordinates. A picture's pixel centres are whole numbers, as OpenCV has them. The "core" is the
unit square that the mean face fills from brow to lip; x goes right, y goes down. A "crop" is the
larger square around it that a model sees.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from curation.vision.pose import estimate_pose

Points = NDArray[np.float32] | NDArray[np.float64]
Matrix = NDArray[np.float64]
Rgb = NDArray[np.uint8]
Centring = Literal["legacy", "face", "head"]
Square = tuple[float, float, float]
"""Centre x, centre y, and a side or half of it."""

FURTHEST = 1e6
"""Pixels; no landmark of a picture that can be read lies further from its corner."""

# Landmarks 17 to 67 (all but the jaw) of an upright frontal face in the core: the symmetrised
# mean of 237 faces, found by generalised Procrustes analysis of renders with exact landmarks.
MEAN_FACE: Matrix = np.array([
    # right brow
    (0.0100, 0.1189), (0.0917, 0.0452), (0.1879, 0.0200), (0.2993, 0.0235),
    (0.4022, 0.0503),
    # left brow
    (0.5978, 0.0503), (0.7007, 0.0235), (0.8121, 0.0200), (0.9083, 0.0452),
    (0.9900, 0.1189),
    # bridge of the nose
    (0.5000, 0.2310), (0.5000, 0.3384), (0.5000, 0.4433), (0.5000, 0.5596),
    # nostrils
    (0.3880, 0.6681), (0.4467, 0.6763), (0.5000, 0.6860), (0.5533, 0.6763),
    (0.6120, 0.6681),
    # right eye
    (0.1294, 0.2657), (0.1772, 0.2337), (0.2673, 0.2263), (0.3462, 0.2813),
    (0.2732, 0.2945), (0.1790, 0.2941),
    # left eye
    (0.6538, 0.2813), (0.7327, 0.2263), (0.8228, 0.2337), (0.8706, 0.2657),
    (0.8210, 0.2941), (0.7268, 0.2945),
    # outer lips
    (0.2837, 0.8591), (0.3456, 0.8021), (0.4348, 0.7806), (0.5000, 0.7841),
    (0.5652, 0.7806), (0.6544, 0.8021), (0.7163, 0.8591), (0.6577, 0.9319),
    (0.5904, 0.9637), (0.5000, 0.9749), (0.4096, 0.9637), (0.3423, 0.9319),
    # inner lips
    (0.3120, 0.8574), (0.4039, 0.8547), (0.5000, 0.8624), (0.5961, 0.8547),
    (0.6880, 0.8574), (0.5965, 0.8772), (0.5000, 0.8872), (0.4035, 0.8772),
])  # fmt: skip


@dataclass(frozen=True, slots=True)
class CropFrame:
    """How a crop lies around the core, in core sides."""

    side: float
    """Side of the crop at full coverage."""
    down: float
    """How far below the core's centre the face's centre lies."""
    back: float
    """How far behind the features the face's centre lies; it shows when the head turns."""


FRAMES: dict[Centring, CropFrame] = {
    # The core with a rim; old models saw this.
    "legacy": CropFrame(side=1.6, down=0.0, back=0.0),
    # Fitted to 950 renders, yaw -70 to 70 degrees: the box around jaw, brows and half a forehead
    # stays within 0.78 core sides of the centre, where without `back` it would slip out by 0.4.
    "face": CropFrame(side=2.0, down=0.07, back=0.45),
    # Fitted to 60 pairs of renders, yaw -50 to 53 degrees: hair and ears stay inside. The middle
    # of a head lies further back yet; but then the other two would not lie inside this one.
    "head": CropFrame(side=8 / 3, down=-0.235, back=0.6),
}


def similarity(source: Points, target: Points) -> Matrix:
    """The rotation, scale and shift, (2, 3), that lay `source` (N, 2) best on `target` (N, 2).

    Least squares after Umeyama (1991); never a mirror image.
    Raises ValueError when all source points are the same.
    """
    source_centre, target_centre = source.mean(axis=0), target.mean(axis=0)
    from_centre = np.asarray(source - source_centre, dtype=np.float64)
    to_centre = np.asarray(target - target_centre, dtype=np.float64)
    spread = float((from_centre**2).sum())
    if spread == 0:
        raise ValueError("all points are the same; no face has such landmarks")
    left, strength, right = np.linalg.svd(to_centre.T @ from_centre)
    handedness = np.sign(np.linalg.det(left) * np.linalg.det(right))
    signs = np.array([1.0, handedness])
    rotation = (left * signs) @ right
    turn_and_scale = rotation * (float((strength * signs).sum()) / spread)
    shift = target_centre - turn_and_scale @ source_centre
    return np.column_stack([turn_and_scale, shift])


def apply(matrix: Matrix, points: Points) -> Matrix:
    """Points (N, 2) moved by a (2, 3) matrix."""
    moved: Matrix = np.asarray(points, dtype=np.float64) @ matrix[:, :2].T + matrix[:, 2]
    return moved


def invert(matrix: Matrix) -> Matrix:
    """The (2, 3) matrix that undoes `matrix`."""
    back: Matrix = np.linalg.inv(np.vstack([matrix, [0, 0, 1]]))[:2]
    return back


def crop_matrix(
    landmarks: Points, *, size: int, coverage: float, centring: Centring = "face"
) -> Matrix:
    """The (2, 3) matrix from picture pixels to the pixels of a face's crop of `size` x `size`.

    `landmarks` are the 68 points in picture pixels. `coverage` is the share of the full crop's
    side that is kept. The crop is centred on the whole face, not on its features, so a turned
    head stays inside. Raises ValueError when the points do not lie like a face's.
    """
    to_core = similarity(landmarks[17:], MEAN_FACE)
    centre_x, centre_y, full_side = squares(landmarks)[centring]
    side = full_side * coverage
    scale = size / side
    corner = np.array([centre_x - side / 2, centre_y - side / 2])
    # The core's coordinates are of edges, a picture's of pixel centres: hence the half pixel.
    matrix: Matrix = to_core * scale
    matrix[:, 2] -= corner * scale + 0.5
    return matrix


def distance_to_mean(landmarks: Points) -> float:
    """How far the 51 inner points lie from the mean face's, on average and in core sides.

    A face from the front has about 0.04, a profile up to 0.15; chance gives more than 0.25.
    """
    inner = np.asarray(landmarks, dtype=np.float64)[17:]
    placed = apply(similarity(inner, MEAN_FACE), inner)
    return float(np.linalg.norm(placed - MEAN_FACE, axis=1).mean())


def squares(landmarks: Points) -> dict[Centring, Square]:
    """Each centring's full square around a face, in the core: its centre and its side.

    Raises ValueError when the points do not lie like a face's.
    """
    try:
        pose = estimate_pose(np.asarray(landmarks, dtype=np.float32))
    except cv2.error as error:
        raise ValueError("the landmarks do not lie like a face's") from error
    yaw, pitch = np.radians(pose.yaw), np.radians(pose.pitch)
    return {
        centring: (
            float(0.5 - frame.back * np.sin(yaw) * np.cos(pitch)),
            float(0.5 + frame.down * np.cos(pitch)),
            frame.side,
        )
        for centring, frame in FRAMES.items()
    }


def views_in_head(landmarks: Points) -> dict[Centring, Square]:
    """Each centring's full square inside the head's, which spans -1 to 1 from edge to edge.

    Gives its centre and half its side. Raises ValueError when the points do not lie like a face's.
    """
    around = squares(landmarks)
    head_x, head_y, head_side = around["head"]
    return {
        centring: (2 * (x - head_x) / head_side, 2 * (y - head_y) / head_side, side / head_side)
        for centring, (x, y, side) in around.items()
    }


def extract(rgb: Rgb, matrix: Matrix, *, size: int) -> Rgb:
    """The crop, uint8 (size, size, 3), that `matrix` cuts from a picture, uint8 (H, W, 3).

    Large faces are averaged down first, so that the crop does not shimmer. What lies outside
    the picture repeats its edge.
    """
    scale = float(np.sqrt(abs(np.linalg.det(matrix[:, :2]))))
    part, offset = _around_crop(rgb, matrix, size)
    shrink = int(1 / scale) if scale < 0.5 else 1
    matrix = matrix.copy()
    matrix[:, 2] += matrix[:, :2] @ offset
    if shrink > 1:
        height, width = max(1, part.shape[0] // shrink), max(1, part.shape[1] // shrink)
        steps = np.array([part.shape[1] / width, part.shape[0] / height])
        part = cv2.resize(part, (width, height), interpolation=cv2.INTER_AREA).astype(np.uint8)
        matrix[:, 2] += matrix[:, :2] @ (steps / 2 - 0.5)
        matrix[:, :2] *= steps
    crop = cv2.warpAffine(
        part, matrix, (size, size), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return crop.astype(np.uint8, copy=False)


def _around_crop(rgb: Rgb, matrix: Matrix, size: int) -> tuple[Rgb, Matrix]:
    """The part of the picture that a crop needs, and where its first pixel lies."""
    height, width = rgb.shape[:2]
    edge = size - 0.5
    corners = apply(
        invert(matrix), np.array([[-0.5, -0.5], [edge, -0.5], [edge, edge], [-0.5, edge]])
    )
    first = np.clip(np.floor(corners.min(axis=0)) - 2, 0, [width - 1, height - 1]).astype(int)
    last = np.clip(np.ceil(corners.max(axis=0)) + 3, first + 1, [width, height]).astype(int)
    return rgb[first[1] : last[1], first[0] : last[0]], first.astype(np.float64)
