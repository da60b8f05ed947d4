"""Head pose from landmarks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

# An average head in millimetres: x to the right of the picture, y down, z away from the camera.
# The points that hardly move when a face speaks or smiles, fitted to two rendered heads whose
# poses are known. Key: the index of the landmark.
_HEAD = {
    27: (0, -40, 5),  # ridge of the nose, from the brow down
    28: (0, -26, -2),
    29: (0, -13, -9),
    30: (0, 1, -17),  # its tip
    31: (-14, 15, 8),  # its wings, and the middle between them
    33: (0, 17, 1),
    35: (14, 15, 8),
    36: (-47, -36, 34),  # the eyes' corners, from left to right
    39: (-19, -34, 27),
    42: (19, -34, 27),
    45: (47, -36, 34),
    48: (-27, 40, 17),  # the mouth's corners
    54: (27, 40, 17),
}
_INDICES = list(_HEAD)
_POINTS = np.array(list(_HEAD.values()), np.float64)
_SIZE = float(np.sqrt(((_POINTS - _POINTS.mean(axis=0)) ** 2).sum(axis=1).mean()))

_DISTANCE = 1200
"""Millimetres from the camera to the head: unknown, and of little effect beyond an arm's length."""


Turn = Literal["front", "three_quarter", "side"]

_THREE_QUARTER_FROM, _SIDE_FROM = 20, 50
"""Degrees of yaw."""


@dataclass(frozen=True, slots=True)
class Pose:
    """A head's pose in degrees; all zero looks into the camera."""

    yaw: float
    """More than 0: the nose points to the right side of the picture."""
    pitch: float
    """More than 0: looking up."""
    roll: float
    """More than 0: tilted clockwise."""


def turn_of(yaw: float) -> Turn:
    """What a head turned by so many degrees shows, to whichever side."""
    if abs(yaw) < _THREE_QUARTER_FROM:
        return "front"
    return "three_quarter" if abs(yaw) < _SIDE_FROM else "side"


def estimate_pose(landmarks: NDArray[np.float32]) -> Pose:
    """The pose of a head from its (68, 2) landmarks in pixels.

    Raises ValueError when they do not lie like a face's, for instance all in one place.
    """
    seen = landmarks[_INDICES].astype(np.float64)
    seen -= seen.mean(axis=0)
    size = np.sqrt((seen**2).sum(axis=1).mean())
    if not size > 0:
        raise ValueError("the landmarks lie in one place")
    # As if this head had been photographed in the middle of a picture, one unit large.
    focal = _DISTANCE / _SIZE
    camera = np.array([[focal, 0, 0], [0, focal, 0], [0, 0, 1]])
    solved, turn, _ = cv2.solvePnP(_POINTS, seen / size, camera, None, flags=cv2.SOLVEPNP_SQPNP)
    if not solved:
        raise ValueError("the landmarks do not lie like a face's")
    return pose_of_matrix(cv2.Rodrigues(turn)[0])


def pose_of_matrix(matrix: NDArray[Any]) -> Pose:
    """The pose of a head that was turned by a (3, 3) matrix: x right, y down, z away."""
    # The head turns first up or down, then to the side, then in the picture's plane.
    return Pose(
        yaw=float(np.degrees(np.arcsin(np.clip(matrix[2, 0], -1, 1)))),
        pitch=float(np.degrees(np.arctan2(-matrix[2, 1], matrix[2, 2]))),
        roll=float(np.degrees(np.arctan2(matrix[1, 0], matrix[0, 0]))),
    )
