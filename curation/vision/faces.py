"""Face detection: boxes, landmarks, pose and identity descriptors."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from curation.vision import weights
from curation.vision.alignment import Rgb, apply, invert
from curation.vision.blazeface import SHORT_SIDE, Detection, detect, detect_close
from curation.vision.boxes import Box, area, shared_part
from curation.vision.descriptor import describe
from curation.vision.expression import Expression, expression_of
from curation.vision.head_pose import front_pose, head_pose
from curation.vision.levels import Levels
from curation.vision.mesh import FaceMesh, mesh_again, mesh_at, square_matrix
from curation.vision.pose import Pose

_LEAST_SCORE = 0.5
_FURTHER_FACE = 0.7
"""Score that a face needs beside a surer one, at first sight or at a close look."""
_PRESENT = 0.9
"""Or so sure must the mesh be of it."""
_SURE = 0.85
"""Score of a close look that leaves no doubt which way a face is up."""
_TURNED, _SURER = 0.8, 0.05
"""Score of a face that is seen as turned by quarters, and by how much it beats the upright one."""
_LEVEL, _TILTED, _HARDLY = math.radians(20), math.radians(30), 0.02
"""Tilt of a face that was held right; that which the detector should have seen; what no score is
better by."""
_PLAUSIBLE, _PLAINER = 0.8, 0.1
"""How sure a mesh must be of a face that is held otherwise, and by how much surer than of the
face as it was seen."""
_OTHERWISE, _LYING = math.radians(45), 50
"""Angle from which a face is held otherwise; degrees of roll from which it does not stand."""
_DOUBTED, _HARDLY_SEEN = 0.5, 0.7
"""Of a face that lies, mesh and close look must not both be less sure than this."""
_MOST_LOOKS = 4
_QUARTERS = [turns * math.pi / 2 for turns in range(4)]
_TURNED_ASIDE = 20
"""Degrees of yaw: beyond, two meshes from where the face was detected are better than one from a
close look."""
_BARE, _PROFILE = 0.94, 0.2
"""Score of a close look at a bare face, and how much less a profile has: fitted to 198 renders."""
_CLOSE = 1.65
"""Side of the square for a close look, in sides of the face."""
_SMALL = 0.12
"""Of the longer side of a picture: beside a smaller face there may be some that are too small."""
_TILE = 0.55
"""Side of a tile, of the picture's: two in a row share a tenth."""


@dataclass(frozen=True, slots=True, eq=False)
class LocatedFace:
    """Where a face is, in pixels of its picture."""

    detection: Detection
    mesh: FaceMesh
    pose: Pose
    score: float
    """How sure it is to be a face, 0 to 1, at first sight or at a close look."""
    close_score: float
    """That of the close look."""

    @property
    def is_sure(self) -> bool:
        """Whether it is a face without doubt, so that it may be one of several."""
        return self.score >= _FURTHER_FACE or self.mesh.presence >= _PRESENT

    @property
    def box(self) -> Box:
        """left, top, right, bottom, from hairline to chin; may reach over the picture's edge."""
        low, high = self.mesh.points[:, :2].min(axis=0), self.mesh.points[:, :2].max(axis=0)
        return float(low[0]), float(low[1]), float(high[0]), float(high[1])


@dataclass(frozen=True, slots=True, eq=False)
class DetectedFace:
    """A detected face, in pixels of its picture."""

    box: Box
    """left, top, right, bottom; may reach over the picture's edge."""
    landmarks: NDArray[np.float32]
    """(68, 2) x and y, in the usual order: jaw, brows, nose, eyes, mouth."""
    pose: Pose
    expression: Expression
    score: float
    """How sure it is to be a face, 0 to 1."""
    occlusion: float
    """How much less of a face is seen than of a bare one that is turned as much, 0 to 1."""
    descriptor: NDArray[np.float32] | None
    """(128,), less than about 0.6 from another of the same person; None when not asked for."""


class FaceFinder:
    """Detects faces. The models are loaded when first needed, once per process."""

    def check(self) -> None:
        """Raise WeightsMissing now, where waiting for the first picture would be too late."""
        weights.check()

    def find(self, picture: Rgb | Levels, *, descriptors: bool = True) -> list[DetectedFace]:
        """The faces in an (H, W, 3) picture, the largest first. Raises WeightsMissing.

        From every side, and lying on their side or head; down to a twentieth of the longer side,
        and half of that where one face is small or none is found.
        """
        levels = Levels.of(picture)
        return [
            DetectedFace(
                box=face.box,
                landmarks=face.mesh.landmarks,
                pose=face.pose,
                expression=expression_of(face.mesh),
                score=face.score,
                occlusion=_occlusion(face),
                descriptor=describe(levels, face.mesh.landmarks) if descriptors else None,
            )
            for face in locate(levels)
        ]


def _occlusion(face: LocatedFace) -> float:
    """What covers a face lowers the score of the close look, as a turn of the head does."""
    bare = _BARE - _PROFILE * (face.pose.yaw / 90) ** 2
    return min(max(1 - face.close_score / bare, 0.0), 1.0)


def locate(picture: Rgb | Levels) -> list[LocatedFace]:
    """Where the faces of an (H, W, 3) picture are, the largest first. Raises WeightsMissing."""
    levels = Levels.of(picture)
    faces = _each_once(
        _look_closer(levels, seen) for seen in detect(levels, least_score=_LEAST_SCORE)
    )
    smallest = min((face.detection.side for face in faces), default=0)
    if smallest < _SMALL * levels.longer_side:
        in_tiles = (_look_closer(levels, seen) for seen in _detect_in_tiles(levels.rgb))
        faces = _each_once(chain(faces, in_tiles))
    return sorted(faces, key=lambda face: area(face.box), reverse=True)


def _detect_in_tiles(rgb: Rgb) -> Iterator[Detection]:
    """What is seen in the four quarters of a picture that shows too little as a whole."""
    height, width = (math.ceil(_TILE * side) for side in rgb.shape[:2])
    for top in (0, rgb.shape[0] - height):
        for left in (0, rgb.shape[1] - width):
            tile = rgb[top : top + height, left : left + width]
            for seen in detect(Levels(tile), least_score=_LEAST_SCORE):
                yield seen.moved(left, top)


def _each_once(faces: Iterable[LocatedFace | None]) -> list[LocatedFace]:
    """One for each face, the surest; what is seen beside a face must be sure."""
    once: list[LocatedFace] = []
    found = [face for face in faces if face is not None]
    for face in sorted(found, key=lambda each: each.detection.score, reverse=True):
        if all(shared_part(face.box, other.box) < 0.5 for other in once) and (
            not once or face.is_sure
        ):
            once.append(face)
    return once


def _look_closer(levels: Levels, seen: Detection) -> LocatedFace | None:
    """The face with its mesh and pose; None when its points are no face's.

    A close look at a covered face or a profile may mistake which way up it is. The mesh then
    doubts that it is a face, and tells by the way in which it does not.
    """
    face = _as_seen(levels, seen)
    if face is None or face.mesh.presence >= _PRESENT:
        return face
    face = _as_the_mesh_sees(levels, seen, face)
    doubted = face.mesh.presence < _DOUBTED and face.close_score < _HARDLY_SEEN
    lies = abs((face.pose.roll + 180) % 360 - 180) > _LYING
    return None if doubted and lies else face


def _as_seen(levels: Levels, seen: Detection) -> LocatedFace | None:
    """The face, held as close looks at it tell."""
    detection, close = _the_right_way_up(levels, seen)
    try:
        mesh = _mesh_of(levels, detection)
        front = front_pose(mesh)
        if abs(front.yaw) > _TURNED_ASIDE:
            mesh = mesh_again(levels, mesh, roll=math.radians(front.roll))
        elif close:
            mesh = _mesh_of(levels, close)
        pose = head_pose(mesh, detection)
    except ValueError:
        return None
    score = close.score if close else 0.0
    return LocatedFace(detection, mesh, pose, max(seen.score, score), score)


def _as_the_mesh_sees(levels: Levels, seen: Detection, face: LocatedFace) -> LocatedFace:
    """The face, turned by quarters where the mesh is much surer of it so."""
    held = math.radians(face.pose.roll)
    others = [angle for angle in _QUARTERS if _between(angle, held) > _OTHERWISE]
    meshes = [(_mesh_in_two(levels, seen, angle), angle) for angle in others]
    mesh, angle = max(meshes, key=lambda each: each[0].presence)
    look = _close_look(levels, seen, angle)
    if look is None or mesh.presence < max(_PLAUSIBLE, face.mesh.presence + _PLAINER):
        return face
    score = max(seen.score, look.score)
    return LocatedFace(look, mesh, head_pose(mesh, look), score, look.score)


def _mesh_in_two(levels: Levels, seen: Detection, roll: float) -> FaceMesh:
    mesh = mesh_at(levels, centre=seen.centre, side=seen.side, roll=roll)
    return mesh_again(levels, mesh, roll=math.radians(front_pose(mesh).roll))


def _mesh_of(levels: Levels, detection: Detection) -> FaceMesh:
    return mesh_at(levels, centre=detection.centre, side=detection.side, roll=detection.roll)


def _the_right_way_up(levels: Levels, seen: Detection) -> tuple[Detection, Detection | None]:
    """The detection, or that of the face turned further where it is seen better so.

    With the close look at it. A face that lies on its side or head is detected, but with points as
    if it nearly stood. Close looks that are each held as the one before says lead to how it lies;
    where they leave doubt, all other sides are tried.
    """
    looks = list(_followed(levels, seen))
    if not looks:
        return seen, None
    first, last = looks[0], looks[-1]
    best = seen
    if _between(last.roll, seen.roll) > _TILTED and last.score > first.score + _HARDLY:
        best = last
    if last.score < _SURE:
        others = (angle for angle in _QUARTERS if _between(angle, seen.roll) > _LEVEL)
        quarters = (_close_look(levels, seen, angle) for angle in others)
        turned = max((look for look in quarters if look), key=lambda look: look.score, default=last)
        if turned.score > max(_TURNED, last.score + _SURER):
            return turned, turned
    return best, last


def _followed(levels: Levels, seen: Detection) -> Iterator[Detection]:
    """Close looks, each held as the one before says that the face is tilted, while they improve."""
    held, least = seen.roll, 0.0
    for _ in range(_MOST_LOOKS):
        look = _close_look(levels, seen, held)
        if look is None or look.score < least:
            return
        yield look
        if _between(look.roll, held) < _LEVEL:
            return
        held, least = look.roll, look.score


def _between(one: float, other: float) -> float:
    """The angle between two directions, 0 to pi."""
    return abs((one - other + math.pi) % (2 * math.pi) - math.pi)


def _close_look(levels: Levels, seen: Detection, roll: float) -> Detection | None:
    """What is seen of a face alone, held as if tilted by `roll`, in pixels of the picture."""
    matrix = square_matrix(seen.centre, seen.side * _CLOSE, roll, size=SHORT_SIDE)
    close = detect_close(levels.cut(matrix, size=SHORT_SIDE))
    if close is None:
        return None
    back = invert(matrix)
    points = apply(back, close.points).astype(np.float32)
    x, y = apply(back, close.centre[None])[0]
    half = close.side * math.hypot(back[0, 0], back[0, 1]) / 2
    return Detection(close.score, (x - half, y - half, x + half, y + half), points)
