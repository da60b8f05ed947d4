"""Everything the machine sees in one picture, as values: no database, no store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from curation.vision.decode import decode
from curation.vision.faces import DetectedFace, FaceFinder
from curation.vision.hashes import perceptual_hash
from curation.vision.pose import Pose, estimate_pose
from curation.vision.sharpness import face_sharpness
from curation.vision.thumbnails import CopySize, encode_webp

VISION_VERSION = 1
"""One higher whenever `curation.vision` sees better: every image is then looked at again."""


@dataclass(frozen=True, eq=False)
class SeenFace:
    """A face with all that was measured on it."""

    face: DetectedFace
    pose: Pose
    sharpness: float


@dataclass(frozen=True, eq=False)
class Seen:
    """What was found in one picture."""

    perceptual_hash: int
    """64 bits."""
    faces: list[SeenFace]
    """The largest first."""
    copies: list[bytes]
    """WebP, one of each size that was asked for."""


def look_at(data: bytes, sizes: Sequence[CopySize]) -> Seen:
    """Look at a picture's bytes, and make smaller copies, while it is decoded. Raises Unreadable.

    Memory and time of this process suffer what the file does: have it done in a child.
    """
    picture = decode(data)
    copies = [
        encode_webp(picture.rgb, longest_side=size.longest_side, quality=size.quality)
        for size in sizes
    ]
    faces = _finder().find(picture.rgb, descriptors=True)
    measured = (_measure(picture.rgb, face) for face in faces)
    return Seen(
        copies=copies,
        perceptual_hash=perceptual_hash(data),
        faces=[face for face in measured if face is not None],
    )


def _measure(rgb: NDArray[np.uint8], face: DetectedFace) -> SeenFace | None:
    """The face with its pose and sharpness; None when its landmarks are no face's."""
    try:
        pose = estimate_pose(face.landmarks)
    except ValueError:
        return None
    return SeenFace(face=face, pose=pose, sharpness=face_sharpness(rgb, face.landmarks))


@cache
def _finder() -> FaceFinder:
    """One for the whole process: it holds the models."""
    return FaceFinder()
