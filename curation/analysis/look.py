"""Everything the machine sees in one picture, as values: no database, no store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from curation.vision.brightness import brightness
from curation.vision.decode import decode
from curation.vision.faces import DetectedFace, FaceFinder
from curation.vision.hashes import face_hash, picture_hash
from curation.vision.levels import Levels
from curation.vision.sharpness import face_sharpness
from curation.vision.signs import Signs, signs_of
from curation.vision.sketch import Sketch, sketch_of
from curation.vision.thumbnails import CopySize, encode_webp

VISION_VERSION = 10
"""One higher whenever `curation.vision` sees better: every image is then looked at again."""


@dataclass(frozen=True, eq=False)
class SeenFace:
    """A face with all that was measured on it."""

    face: DetectedFace
    sharpness: float
    hash: int
    """64 bits, as `Seen.perceptual_hash`."""


@dataclass(frozen=True, eq=False)
class Seen:
    """What was found in one picture."""

    size: tuple[int, int]
    """Height and width in pixels."""
    perceptual_hash: int
    """64 bits."""
    sketch: Sketch
    faces: list[SeenFace]
    """The largest first."""
    brightness: float
    """Mean luminance, 0 to 1: of the largest face, else of the whole picture."""
    signs: Signs
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
    levels = Levels(picture.rgb)
    measured = [_measure(levels, face) for face in FaceFinder().find(levels, descriptors=True)]
    faces = [face for face in measured if face is not None]
    return Seen(
        size=picture.rgb.shape[:2],
        copies=copies,
        signs=signs_of(levels, faces[0].face.landmarks if faces else None),
        perceptual_hash=picture_hash(levels),
        sketch=sketch_of(levels, faces[0].face.box if faces else None),
        faces=faces,
        brightness=brightness(picture.rgb, faces[0].face.box if faces else None),
    )


def _measure(levels: Levels, face: DetectedFace) -> SeenFace | None:
    """The face with all its measures; None when its landmarks are no face's."""
    try:
        hash_ = face_hash(levels, face.landmarks)
    except ValueError:
        return None
    return SeenFace(face=face, sharpness=face_sharpness(levels.rgb, face.landmarks), hash=hash_)
