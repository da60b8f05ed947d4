"""Face detection by BlazeFace.

V. Bazarevsky and others, "BlazeFace: Sub-millisecond Neural Face Detection on Mobile GPUs", 2019.
The anchors are as its model card describes them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray

from curation.vision import weights
from curation.vision.blazeface_graph import for_any_shape
from curation.vision.boxes import Box, area, shared_part
from curation.vision.levels import SMALL_SIDE, Levels
from curation.vision.resize import resized
from curation.vision.runtimes import Floats, OnnxNetwork, TfliteNetwork

BACK_SIDE, SHORT_SIDE = SMALL_SIDE, 128
"""Pixels of what the two networks look at: a picture's longer side, and a square."""
_FAR_CELL = 32
"""Pixels of the cells in which the first looks for large faces."""

RIGHT_EYE, LEFT_EYE, NOSE, MOUTH, RIGHT_EAR, LEFT_EAR = range(6)
"""Indices of a detection's points; right and left as the person has them."""

_LEAST_CLOSE = 0.1
"""Score of a close look below which there is no face."""
_SAME_FACE = 0.5
"""Of the smaller box, so much in the larger: both are of one face."""


@dataclass(frozen=True, slots=True, eq=False)
class Detection:
    """A face that the network sees, in pixels of its picture."""

    score: float
    """0 to 1."""
    box: Box
    points: Floats
    """(6, 2): eyes, tip of the nose, mouth, ears."""

    @property
    def centre(self) -> NDArray[np.float64]:
        left, top, right, bottom = self.box
        return np.array([left + right, top + bottom]) / 2

    @property
    def side(self) -> float:
        """The longer side of the box."""
        left, top, right, bottom = self.box
        return max(right - left, bottom - top)

    @property
    def roll(self) -> float:
        """Radians that the head is tilted clockwise, roughly.

        The line between the eyes tells it of a face from the front, that from the eyes to the
        mouth of a profile: each counts by its length.
        """
        across = self.points[LEFT_EYE] - self.points[RIGHT_EYE]
        down = self.points[MOUTH] - (self.points[LEFT_EYE] + self.points[RIGHT_EYE]) / 2
        return math.atan2(across[1] - down[0], across[0] + down[1])

    def moved(self, x: float, y: float) -> Detection:
        """The same face, `x` pixels further right and `y` further down."""
        left, top, right, bottom = self.box
        box = left + x, top + y, right + x, bottom + y
        return Detection(self.score, box, self.points + np.array([x, y], np.float32))


def detect(levels: Levels, *, least_score: float) -> list[Detection]:
    """The faces of a picture, the surest first, down to a twentieth of its longer side.

    Raises WeightsMissing.
    """
    small = levels.small
    if max(small.shape[:2]) < BACK_SIDE:
        small = resized(small, BACK_SIDE / max(small.shape[:2]))
    height, width = small.shape[:2]
    high, wide = (-(-side // _FAR_CELL) * _FAR_CELL for side in (height, width))
    left, top = (wide - width) // 2, (high - height) // 2
    framed = np.zeros((1, high, wide, 3), np.uint8)
    framed[0, top : top + height, left : left + width] = small
    (anchors,) = _back()(framed)
    middles = _middles(high, wide, _FAR_CELL)
    corner = np.array([left, top], np.float32)
    steps = np.array([levels.width / width, levels.height / height], np.float32)
    # As pixels' centres are whole numbers, a picture begins at -0.5.
    return _one_per_face(
        [
            Detection(
                score,
                _box_of((corners - corner) * steps - 0.5),
                (points - corner) * steps - np.float32(0.5),
            )
            for score, corners, points in _decoded(
                anchors[0, :, 0], anchors[0, :, 1:], middles, least_score
            )
        ]
    )


def detect_close(square: NDArray[np.uint8]) -> Detection | None:
    """The surest face of a (128, 128, 3) picture that one face nearly fills; None for none at all.

    Raises WeightsMissing.
    """
    numbers = square[None].astype(np.float32) / np.float32(127.5) - np.float32(1)
    places, scores = _short()(numbers)
    middles = _middles(SHORT_SIDE, SHORT_SIDE, 16)
    surest = slice(int(scores.argmax()), int(scores.argmax()) + 1)
    decoded = _decoded(scores.ravel()[surest], places[0][surest], middles[surest], _LEAST_CLOSE)
    for score, corners, points in decoded:
        return Detection(score, _box_of(corners), points)
    return None


def _decoded(
    logits: Floats, places: Floats, middles: Floats, least_score: float
) -> list[tuple[float, Floats, Floats]]:
    """Score, corners (2, 2) and points (6, 2) of each anchor that scores enough, in pixels."""
    least_logit = math.log(least_score / (1 - least_score))
    (sure,) = np.nonzero(logits > least_logit)
    scores = 1 / (1 + np.exp(-logits[sure].astype(np.float64)))
    numbers = places[sure].reshape(-1, 8, 2)
    centres, half = numbers[:, 0] + middles[sure], numbers[:, 1] / 2
    corners = np.stack([centres - half, centres + half], axis=1)
    points = numbers[:, 2:] + middles[sure, None]
    return [(float(score), corners[i], points[i]) for i, score in enumerate(scores)]


@lru_cache(maxsize=64)
def _middles(height: int, width: int, far_cell: int) -> Floats:
    """(N, 2) middles of anchors: six for each cell of `far_cell` pixels; before them two for each
    of half that side."""
    rows = []
    for cell, per_cell in ((far_cell // 2, 2), (far_cell, 6)):
        y, x = np.mgrid[: height // cell, : width // cell].reshape(2, -1) + 0.5
        rows.append(np.repeat(np.column_stack([x, y]) * cell, per_cell, axis=0))
    return np.concatenate(rows).astype(np.float32)


def _one_per_face(detections: list[Detection]) -> list[Detection]:
    """Each face as the mean of the anchors that see it, weighted by their scores."""
    faces: list[Detection] = []
    rest = sorted(detections, key=lambda each: each.score, reverse=True)
    while rest:
        surest = rest[0]
        same = [each for each in rest if shared_part(each.box, surest.box) > _SAME_FACE]
        rest = [each for each in rest if shared_part(each.box, surest.box) <= _SAME_FACE]
        close = [each for each in same if _overlap(each.box, surest.box) > 0.3]
        shares = np.array([each.score for each in close])
        shares /= shares.sum()
        box = np.average([each.box for each in close], axis=0, weights=shares)
        points = np.average([each.points for each in close], axis=0, weights=shares)
        faces.append(Detection(surest.score, _box_of(box.reshape(2, 2)), points.astype(np.float32)))
    return faces


def _overlap(one: Box, other: Box) -> float:
    """What both share of what either covers, 0 to 1."""
    shared = shared_part(one, other) * min(area(one), area(other))
    return shared / max(area(one) + area(other) - shared, 1e-9)


def _box_of(corners: NDArray[np.floating]) -> Box:
    (left, top), (right, bottom) = corners.tolist()
    return left, top, right, bottom


@cache
def _back() -> OnnxNetwork:
    return OnnxNetwork(for_any_shape(weights.read(weights.BACK)))


@cache
def _short() -> TfliteNetwork:
    return TfliteNetwork(weights.read(weights.SHORT))
