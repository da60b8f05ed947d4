"""The mesh of a face: 468 points that lie on it, also where it is turned away.

Y. Kartynnik and others, "Real-time Facial Surface Geometry from Monocular Video on Mobile GPUs",
2019; the numbering of the points is MediaPipe's.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from curation.vision import weights
from curation.vision.alignment import Matrix, invert
from curation.vision.levels import Levels
from curation.vision.runtimes import Floats, TfliteNetwork

NUM_POINTS = 468
_SIDE = 192
_ROOM = 1.5
"""Side of the square that the network looks at, in sides of what is known of the face."""

# Which point of the mesh lies nearest to each of the 68 landmarks: found on 460 renders with exact
# landmarks, the same on both sides of a face.
OF_LANDMARKS = np.array([
    # jaw
    127, 234, 93, 215, 138, 169, 149, 171, 152, 396, 378, 394, 367, 435, 323, 454, 356,
    # brows
    70, 63, 105, 66, 107, 336, 296, 334, 293, 300,
    # nose
    168, 197, 195, 4, 240, 97, 2, 326, 460,
    # eyes
    246, 160, 158, 155, 153, 144, 382, 385, 387, 466, 373, 380,
    # lips, outside and inside
    61, 39, 37, 0, 267, 269, 291, 321, 314, 17, 84, 91,
    78, 81, 13, 311, 308, 402, 14, 178,
])  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class FaceMesh:
    """The points of one face."""

    points: Floats
    """(468, 3): x and y in pixels of the picture, z away from the camera in the same unit."""
    presence: float
    """How sure the network is that it looked at a face, 0 to 1."""

    @property
    def landmarks(self) -> Floats:
        """The 68 landmarks among the points, (68, 2)."""
        return np.ascontiguousarray(self.points[OF_LANDMARKS, :2])


def mesh_at(levels: Levels, *, centre: NDArray[np.floating], side: float, roll: float) -> FaceMesh:
    """The mesh of the face in a square of `side` pixels, tilted by `roll` radians clockwise.

    `side` is that of the face; the network looks at half as much again. Raises WeightsMissing.
    """
    matrix = square_matrix(centre, side * _ROOM, roll, size=_SIDE)
    crop = levels.cut(matrix, size=_SIDE)
    numbers, presence = _network()(crop[None].astype(np.float32) / np.float32(255))
    points = numbers.reshape(NUM_POINTS, 3)
    back = invert(matrix)
    scale = math.sqrt(abs(np.linalg.det(back[:, :2])))
    placed = np.column_stack([points[:, :2] @ back[:, :2].T + back[:, 2], points[:, 2] * scale])
    sure = 1 / (1 + math.exp(-min(max(float(presence.item()), -50.0), 50.0)))
    return FaceMesh(placed.astype(np.float32), sure)


def mesh_again(levels: Levels, mesh: FaceMesh, *, roll: float) -> FaceMesh:
    """The mesh once more, from a square that fits the first; better. Raises WeightsMissing."""
    turn = np.array([[math.cos(roll), math.sin(roll)], [-math.sin(roll), math.cos(roll)]])
    upright = mesh.points[:, :2] @ turn.T
    low, high = upright.min(axis=0), upright.max(axis=0)
    return mesh_at(
        levels, centre=(low + high) / 2 @ turn, side=float((high - low).max()), roll=roll
    )


def square_matrix(centre: NDArray[np.floating], side: float, roll: float, *, size: int) -> Matrix:
    """The (2, 3) matrix that lays a tilted square of a picture on `size` x `size` pixels."""
    scale = size / side
    turn = np.array([[math.cos(roll), math.sin(roll)], [-math.sin(roll), math.cos(roll)]]) * scale
    return np.column_stack([turn, np.full(2, size / 2 - 0.5) - turn @ centre])


@cache
def _network() -> TfliteNetwork:
    return TfliteNetwork(weights.read(weights.MESH))
