"""Which frame of a step is kept: the sharpest that shows a face, large enough."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from fractions import Fraction

import cv2
import numpy as np
from numpy.typing import NDArray

from curation.vision.alignment import Rgb
from curation.vision.faces import DetectedFace, FaceFinder
from curation.vision.sharpness import face_sharpness
from curation.vision.video.picture import EXACT, Painter
from curation.vision.video.reader import Decoded
from curation.vision.video.steps import Step

_LOOK_SIDE = 640
"""Longest side of the copy in which faces are looked for first."""
_LOOK_EVERY = 3
"""Frames between two that are looked at; between them a face hardly moves."""
_NEARLY = 0.85
"""Of the wanted size: what a small copy shows is measured again in full."""
_MOST_TRIES = 3
_PNG_LEVEL = 3

Descriptor = NDArray[np.float32]


class Passed(StrEnum):
    """Why no frame of a step was kept."""

    NO_FACE = "no_face"
    SMALL_FACE = "small_face"
    OTHER_PERSON = "other_person"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which frames of a film become pictures."""

    every: int = 40
    """One frame of so many."""
    min_face: int = 256
    """Pixels of the longer side of a face's box."""


@dataclass(frozen=True, slots=True, eq=False)
class KeptFrame:
    """A frame of a film that became a picture."""

    step: int
    scene: int
    """Counted from 1, as frames are."""
    number: int
    moment: Fraction
    """Seconds from the film's beginning."""
    png: bytes
    """Without loss, as the film is coded with enough of it already; the same bytes each time."""


@dataclass(slots=True, eq=False)
class Chooser:
    """Chooses from one step after the other. For one thread."""

    wanted: Wanted
    time_base: Fraction
    pixel_aspect: Fraction
    references: Sequence[Descriptor] = ()
    """Of the subject; frames on which nobody is like one of them are passed. None: anybody."""
    same_person: float = 0.6
    _finder: FaceFinder = field(default_factory=FaceFinder)
    _small: Painter = field(default_factory=Painter)
    _quick: Painter = field(default_factory=lambda: Painter(maps_colours=False))
    _exact: Painter = field(default_factory=lambda: Painter(EXACT))

    def choose(self, step: Step) -> KeptFrame | Passed:
        """The frame to keep, or why none is."""
        found = {at: self._faces(step.window[at]) for at in _looked_at(len(step.window))}
        if not any(found.values()):
            return Passed.NO_FACE
        large = {at: face for at, faces in found.items() if (face := self._largest(faces))}
        if not large:
            return Passed.SMALL_FACE
        verdict = Passed.NO_FACE
        for at in self._by_sharpness(step.window, large)[:_MOST_TRIES]:
            rgb = self._exact.upright(step.window[at].picture, pixel_aspect=self.pixel_aspect)
            problem = self._problem(rgb)
            if problem is None:
                return self._kept(step, step.window[at], rgb)
            verdict = problem
        return verdict

    def _faces(self, frame: Decoded) -> list[DetectedFace]:
        """Found in a small copy, in pixels of the whole upright picture."""
        rgb, scale = self._small.small(
            frame.picture, longest_side=_LOOK_SIDE, pixel_aspect=self.pixel_aspect
        )
        return [_scaled(face, 1 / scale) for face in self._finder.find(rgb, descriptors=False)]

    def _largest(self, faces: list[DetectedFace]) -> DetectedFace | None:
        least = _NEARLY * self.wanted.min_face
        return max((face for face in faces if _side(face) >= least), key=_side, default=None)

    def _by_sharpness(self, window: list[Decoded], large: dict[int, DetectedFace]) -> list[int]:
        """The places in the window, the sharpest face first, of equal ones the nearest to its
        middle."""
        middle = len(window) // 2
        ranked: list[tuple[float, int, int]] = []
        for at, frame in enumerate(window):
            nearest = min(large, key=lambda other: (abs(other - at), other))
            if abs(nearest - at) < _LOOK_EVERY:
                rgb = self._quick.upright(frame.picture, pixel_aspect=self.pixel_aspect)
                sharpness = face_sharpness(rgb, large[nearest].landmarks)
                ranked.append((-round(sharpness, 4), abs(at - middle), at))
        return [at for *_, at in sorted(ranked)]

    def _problem(self, rgb: Rgb) -> Passed | None:
        """Why the frame, seen in full, is not kept; None when it is."""
        faces = self._finder.find(rgb, descriptors=bool(self.references))
        large = [face for face in faces if _side(face) >= self.wanted.min_face]
        if not large:
            return Passed.SMALL_FACE if faces else Passed.NO_FACE
        if self.references and not any(self._is_subject(face) for face in large):
            return Passed.OTHER_PERSON
        return None

    def _is_subject(self, face: DetectedFace) -> bool:
        assert face.descriptor is not None  # noqa: S101, asked for together with references
        distances = (np.linalg.norm(face.descriptor - other) for other in self.references)
        return bool(min(distances) <= self.same_person)

    def _kept(self, step: Step, frame: Decoded, rgb: Rgb) -> KeptFrame:
        bgr = cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR)
        done, png = cv2.imencode(".png", bgr, [cv2.IMWRITE_PNG_COMPRESSION, _PNG_LEVEL])
        if not done:
            raise ValueError("a frame could not be encoded as PNG")
        moment = frame.stamp * self.time_base
        return KeptFrame(step.number, step.scene, frame.number, moment, png.tobytes())


def _looked_at(length: int) -> Iterator[int]:
    """Places in a window that are looked at; its middle is one of them."""
    middle = length // 2
    return (at for at in range(length) if (at - middle) % _LOOK_EVERY == 0)


def _side(face: DetectedFace) -> float:
    left, top, right, bottom = face.box
    return max(right - left, bottom - top)


def _scaled(face: DetectedFace, scale: float) -> DetectedFace:
    left, top, right, bottom = (edge * scale for edge in face.box)
    return replace(
        face,
        box=(left, top, right, bottom),
        landmarks=(face.landmarks * scale).astype(np.float32),
    )
