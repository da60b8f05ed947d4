"""Where a face is, in the few numbers that a manifest holds: the same to the last bit everywhere.

Sums are rounded once (`math.fsum`), so neither a processor's vectors nor a library's order of
adding shows in a release's digest. Pure.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from curation.releases.manifest import FaceAt
from curation.vision.alignment import MEAN_FACE, Points

_MEAN_U, _MEAN_V = (math.fsum(MEAN_FACE[:, axis]) / len(MEAN_FACE) for axis in (0, 1))
_CORE = MEAN_FACE - (_MEAN_U, _MEAN_V)
_CORE_CENTRE = 0.5


def face_at(
    box: Sequence[float], landmarks: Points, *, yaw: float, pitch: float, roll: float
) -> FaceAt | None:
    """The face with this box and these (68, 2) landmarks, in pixels; pose in degrees.

    The core is laid on the landmarks as `curation.vision.alignment.similarity` does: least squares
    over all but the jaw. None when all landmarks lie in one place.
    """
    points = np.asarray(landmarks[17:], np.float64)
    mean_x, mean_y = (math.fsum(points[:, axis]) / len(points) for axis in (0, 1))
    x, y = points[:, 0] - mean_x, points[:, 1] - mean_y
    u, v = _CORE[:, 0], _CORE[:, 1]
    spread = math.fsum([*(x * x), *(y * y)])
    along = math.fsum([*(x * u), *(y * v)])
    across = math.fsum([*(x * v), *(-y * u)])
    strength = along * along + across * across
    if spread == 0 or strength == 0:
        return None
    # The way back, from the core to the picture, turns and scales by the inverse.
    cos, sin = along * spread / strength, -across * spread / strength
    right, down = _CORE_CENTRE - _MEAN_U, _CORE_CENTRE - _MEAN_V
    left, top, right_side, bottom = (_tenths(side) for side in box)
    return FaceAt(
        box=(left, top, right_side, bottom),
        x=_tenths(mean_x + cos * right - sin * down),
        y=_tenths(mean_y + sin * right + cos * down),
        side=_tenths(math.sqrt(cos * cos + sin * sin)),
        turn=_tenths(math.degrees(math.atan2(sin, cos))),
        yaw=_tenths(yaw),
        pitch=_tenths(pitch),
        roll=_tenths(roll),
    )


def _tenths(value: float) -> float:
    return round(value, 1) + 0.0  # no negative zero
