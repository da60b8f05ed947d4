"""Placement of faces: patches of their pictures, and affine maps to crops and back.

Affine maps are (2, 3) and go between coordinates that run from -1 to 1 over an area, edge to
edge, as torch's `affine_grid` has them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from curation.vision.alignment import Centring, Matrix, Points, apply, crop_matrix, invert

STEP = 32
"""Patch sizes are rounded up to a multiple of this."""
CORNERS = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])


@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """One face of a picture."""

    picture: int
    """Which picture of the batch it is in."""
    landmarks: Points
    """(68, 2) in pixels of the picture."""
    to_crop: Matrix
    """From the picture's pixels into the crop, which spans 0 to 1."""
    to_head: Matrix | None = None
    """The same for the whole head, where that is needed."""

    @property
    def side(self) -> float:
        """Of the crop, in pixels of the picture."""
        return float(1 / np.sqrt(abs(np.linalg.det(self.to_crop[:, :2]))))

    def covers(self, scale: float) -> NDArray[np.float64]:
        """What is drawn over when the face is drawn `scale` times as large: the crop's box."""
        return _box(apply(invert(self.to_crop), (CORNERS - 0.5) * scale + 0.5))

    def rectangle(self, grown: float) -> NDArray[np.float64]:
        """What the crop (and the head) covers: left, top, right, bottom in pixels."""
        boxes = [self.covers(max(1.0, grown))]
        if self.to_head is not None:
            boxes.append(_box(apply(invert(self.to_head), CORNERS)))
        every = np.stack(boxes)
        return np.concatenate([every[:, :2].min(axis=0), every[:, 2:].max(axis=0)])


def _box(points: Matrix) -> NDArray[np.float64]:
    """left, top, right, bottom in pixels, with a rim."""
    return np.concatenate([np.floor(points.min(axis=0)) - 2, np.ceil(points.max(axis=0)) + 3])


def place(
    picture: int, landmarks: Points, *, coverage: float, centring: Centring, with_head: bool
) -> Placed:
    """Where a face's crop lies. Raises ValueError when the landmarks do not lie like a face's."""

    def unit(coverage: float, centring: Centring) -> Matrix:
        matrix = crop_matrix(landmarks, size=1, coverage=coverage, centring=centring)
        # A crop of one pixel has its middle at 0; here a crop begins at 0.
        matrix[:, 2] += 0.5
        return matrix

    head = unit(1.0, "head") if with_head else None
    return Placed(picture, landmarks, unit(coverage, centring), head)


@dataclass(frozen=True, slots=True)
class Patches:
    """Rectangles of one size, each around a face and inside its picture."""

    left: NDArray[np.int64]
    top: NDArray[np.int64]
    width: int
    height: int

    def of(self, place: int) -> tuple[slice, slice]:
        """Rows and columns of one."""
        top, left = int(self.top[place]), int(self.left[place])
        return slice(top, top + self.height), slice(left, left + self.width)

    def covered(
        self, place: int, box: NDArray[np.float64]
    ) -> tuple[tuple[slice, slice], tuple[slice, slice]]:
        """Rows and columns of what a box covers of one: in its picture, and in the patch."""
        corner, size = np.array([self.left[place], self.top[place]]), [self.width, self.height]
        (left, top), (right, bottom) = (
            np.clip(each - corner, 0, size).astype(int) for each in (box[:2], box[2:])
        )
        x, y = corner
        in_patch = slice(top, bottom), slice(left, right)
        return (slice(top + y, bottom + y), slice(left + x, right + x)), in_patch

    def from_unit(self, matrices: list[Matrix]) -> NDArray[np.float32]:
        """Maps from crops to patches: where in a patch each place of a crop is."""
        maps = []
        for place, matrix in enumerate(matrices):
            back = invert(matrix)
            size, corner = self._size(), np.array([self.left[place], self.top[place]])
            middle = back[:, :2] @ [0.5, 0.5] + back[:, 2]
            turn = back[:, :2] / size[:, None]
            shift = (2 * (middle - corner) + 1) / size - 1
            maps.append(np.column_stack([turn, shift]))
        return np.asarray(maps, np.float32)

    def to_unit(self, matrices: list[Matrix], *, scale: float = 1.0) -> NDArray[np.float32]:
        """Maps from patches to crops, a crop `scale` times as large about its middle."""
        maps = []
        for place, matrix in enumerate(matrices):
            size, corner = self._size(), np.array([self.left[place], self.top[place]])
            turn = matrix[:, :2] * size
            middle = matrix[:, :2] @ ((size - 1) / 2 + corner) + matrix[:, 2]
            maps.append(np.column_stack([turn, 2 * middle - 1]) / scale)
        return np.asarray(maps, np.float32)

    def _size(self) -> NDArray[np.float64]:
        return np.array([self.width, self.height], np.float64)


def patches_around(faces: list[Placed], *, height: int, width: int, grown: float = 1.0) -> Patches:
    """The smallest patches of one size that hold each face, as far as the pictures reach."""
    rectangles = np.stack([face.rectangle(grown) for face in faces])
    limits = np.array([width, height, width, height])
    inside = np.clip(rectangles, 0, limits)
    sizes = (inside[:, 2:] - inside[:, :2]).max(axis=0)
    wide, high = np.minimum(-(-sizes // STEP) * STEP, [width, height]).astype(int)
    wide, high = max(1, int(wide)), max(1, int(high))
    corner = np.clip(np.floor(inside[:, :2]), 0, [width - wide, height - high]).astype(np.int64)
    return Patches(left=corner[:, 0], top=corner[:, 1], width=wide, height=high)


def between(source: Matrix, target: Matrix) -> NDArray[np.float32]:
    """The map from one crop to another of the same picture, both spanning 0 to 1."""
    back = invert(source)
    turn = target[:, :2] @ back[:, :2]
    middle = target[:, :2] @ (back[:, :2] @ [0.5, 0.5] + back[:, 2]) + target[:, 2]
    return np.column_stack([turn, 2 * middle - 1]).astype(np.float32)
