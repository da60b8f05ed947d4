"""The pose of a head from its mesh and the detector's points.

A face from the front is laid on a head's solid points. Beyond that the mesh of a face turns less
than the head does, as its far side cannot be seen; by how much, a linear rule says, which was
fitted to renders from profile to profile (`tests/bench/fit_head_pose.py`).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from curation.vision.blazeface import LEFT_EAR, NOSE, RIGHT_EAR, Detection
from curation.vision.head_pose_numbers import HEAD, OF_TURNED
from curation.vision.mesh import FaceMesh
from curation.vision.pose import Pose, pose_of_matrix

Numbers = NDArray[np.float64]

MIRRORED = [0, 1, 2, 3, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12]
"""Which of `HEAD`'s points each one becomes in a mirror."""
_MIRRORED_DETECTION = [1, 0, 2, 3, 5, 4]
_FRONT, _TURNED = 18.0, 32.0
"""Degrees of turn by the solid points: up to the one they alone count, from the other the rule."""


def head_pose(mesh: FaceMesh, detection: Detection) -> Pose:
    """The pose of the head. Raises ValueError when the points lie in one place."""
    front = front_pose(mesh)
    share = min(max((abs(front.yaw) - _FRONT) / (_TURNED - _FRONT), 0.0), 1.0)
    share *= share * (3 - 2 * share)
    if share == 0:
        return front
    numbers, side = turned_numbers(mesh, detection, front)
    yaw, pitch, roll = np.append(numbers, 1.0) @ OF_TURNED
    return Pose(
        yaw=front.yaw + share * (side * float(yaw) - front.yaw),
        pitch=front.pitch + share * (float(pitch) - front.pitch),
        roll=front.roll + share * side * float(roll),
    )


def front_pose(mesh: FaceMesh) -> Pose:
    """The pose of a head that is hardly turned: its solid points, laid on those of a mean head."""
    seen = mesh.points[list(HEAD)].astype(np.float64)
    seen -= seen.mean(axis=0)
    if not np.ptp(seen, axis=0).any():
        raise ValueError("the points lie in one place")
    head = np.array(list(HEAD.values()))
    left, _, right = np.linalg.svd(seen.T @ (head - head.mean(axis=0)))
    handedness = np.sign(np.linalg.det(left) * np.linalg.det(right))
    return pose_of_matrix((left * [1, 1, handedness]) @ right)


def turned_numbers(mesh: FaceMesh, detection: Detection, front: Pose) -> tuple[Numbers, int]:
    """What the rule for turned heads looks at, and where the nose points: 1 is right, -1 left.

    All heads are mirrored to look to the right, held upright and made one unit large.
    """
    points = mesh.points.astype(np.float64)
    middle = points[:, :2].mean(axis=0)
    size = math.sqrt(points.var(axis=0).sum())
    roll = math.radians(front.roll)
    turn = np.array([[math.cos(roll), -math.sin(roll)], [math.sin(roll), math.cos(roll)]]) / size
    placed = np.column_stack([(points[:, :2] - middle) @ turn, points[:, 2] / size])
    solid = placed[list(HEAD)] - [0, 0, placed[:, 2].mean()]
    seen = (detection.points.astype(np.float64) - middle) @ turn
    side = 1 if seen[NOSE, 0] >= (seen[RIGHT_EAR, 0] + seen[LEFT_EAR, 0]) / 2 else -1
    if side < 0:
        solid = solid[MIRRORED] * [-1, 1, 1]
        seen = seen[_MIRRORED_DETECTION] * [-1, 1]
    poses = [side * front.yaw / 30, front.pitch / 30]
    return np.concatenate([solid.ravel(), seen.ravel(), poses]), side
