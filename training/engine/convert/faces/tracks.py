"""Face tracking: detection at intervals, optical flow in between, without flicker.

A frame is complete only some frames later, when it is known whether a missed face came back and
how its landmarks continue. So frames come out with a fixed delay.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median

import numpy as np

from curation.vision.alignment import Matrix, Points, Rgb
from curation.vision.boxes import Box, area
from training.engine.convert.faces.following import Grey, follow

SAME_PLACE = 0.25
"""Threshold of the IoU of two boxes of the same face."""
SAMPLES = 3
"""Identity comparisons per track."""
Distance = Callable[[], float | None]
"""Identity distance of a face; waits for the result."""
Ask = Callable[[Rgb, Points], Distance]


@dataclass(slots=True, eq=False)
class Track:
    """One face through the frames of a shot."""

    points: dict[int, Matrix]
    """Landmarks by frame number."""
    found_at: int
    """The last frame in which it was detected."""
    seen_at: int
    """The last frame in which it was detected, or tracked reliably."""
    times_found: int = 1
    is_lost: bool = False
    """Whether optical flow failed since the last detection."""
    missed: int | None = None
    """The first frame since then in which detection missed it."""
    ended: bool = False
    distances: list[Distance] = field(default_factory=list)
    wanted: bool | None = None

    def meet(self, number: int, landmarks: Points) -> None:
        """A detection: the drift is distributed over the frames since the last one."""
        since = number - self.found_at
        error = landmarks - self.points.get(number, self.points[self.found_at])
        for step in range(1, since):
            self.points[self.found_at + step] += error * (step / since)
        self.points[number] = np.asarray(landmarks, np.float64)
        self.found_at = self.seen_at = number
        self.is_lost, self.missed = False, None
        self.times_found += 1

    def end(self) -> None:
        """The track ends: frames since it was missed are dropped."""
        last = self.seen_at if self.missed is None else min(self.seen_at, self.missed - 1)
        self.points = {number: each for number, each in self.points.items() if number <= last}
        self.ended = True

    def is_wanted(self, same_person: float) -> bool:
        """Whether it is the wanted person; decided once per track."""
        if self.wanted is None:
            known = [each for each in (ask() for ask in self.distances) if each is not None]
            self.wanted = bool(known) and median(known) < same_person
        return self.wanted

    def smoothed(self, number: int, sigma: float) -> Matrix:
        """Landmarks averaged over as many frames before as after."""
        reach = math.ceil(2 * sigma)
        while reach and not {number - reach, number + reach} <= self.points.keys():
            reach -= 1
        if not reach:
            return self.points[number]
        steps = np.arange(-reach, reach + 1)
        weights = np.exp(-(steps**2) / (2 * sigma**2))
        near = np.stack([self.points[number + int(step)] for step in steps])
        smooth: Matrix = np.tensordot(weights / weights.sum(), near, axes=1)
        return smooth


@dataclass(slots=True, eq=False)
class Tracker:
    """All faces of a video."""

    detect_every: int
    bridge: int
    smoothing: float
    same_person: float = 0.6
    ask: Ask | None = None
    """Compares a face with the portrait; None to swap all faces."""
    _tracks: list[Track] = field(default_factory=list)
    _greys: dict[int, Grey] = field(default_factory=dict)
    _searched: int = -1
    _last: int = -1

    @property
    def delay(self) -> int:
        """Frames until a frame is complete."""
        return self.bridge + 2 * self.detect_every + math.ceil(2 * self.smoothing)

    def add(
        self,
        number: int,
        rgb: Rgb,
        grey: Grey,
        *,
        faces: list[Points] | None,
        is_cut: bool,
    ) -> None:
        """Add the next frame; `faces` is None when detection was skipped."""
        scale = grey.shape[1] / rgb.shape[1]
        if is_cut:
            self._cut()
        before = self._greys.get(number - 1)
        self._greys[number] = grey
        if before is not None:
            for track in self._going_on():
                _carry_on(track, before, grey, number, scale=scale)
        if faces is not None:
            self._match(number, rgb, faces, scale=scale)
            self._searched = number
        self._last = number
        for old in [each for each in self._greys if each < number - self.detect_every]:
            del self._greys[old]

    def finish(self) -> None:
        """No frame follows."""
        self._cut()

    def faces_in(self, number: int) -> list[Matrix]:
        """The smoothed landmarks of the wanted faces of a frame that is old enough."""
        faces = []
        for track in self._tracks:
            if number not in track.points or (track.ended and self._is_false_alarm(track)):
                continue
            if self.ask is None or track.is_wanted(self.same_person):
                faces.append(track.smoothed(number, self.smoothing))
        self._forget(number - math.ceil(2 * self.smoothing) - 1)
        return faces

    def _going_on(self) -> list[Track]:
        return [track for track in self._tracks if not track.ended]

    def _match(self, number: int, rgb: Rgb, faces: list[Points], *, scale: float) -> None:
        free = list(faces)
        for track in self._going_on():
            place = box_of(track.points[number])
            best = max(free, key=lambda face: shared(box_of(face), place), default=None)
            if best is not None and shared(box_of(best), place) > SAME_PLACE:
                free = [face for face in free if face is not best]
                track.meet(number, best)
                self._sample(track, rgb, best)
                continue
            track.missed = number if track.missed is None else track.missed
            if number - track.found_at > self.bridge:
                track.end()
        for face in free:
            track = Track({number: np.asarray(face, np.float64)}, found_at=number, seen_at=number)
            self._tracks.append(track)
            self._sample(track, rgb, face)
            self._go_back(track, number, scale=scale)

    def _go_back(self, track: Track, number: int, *, scale: float) -> None:
        """Track a new face backwards to the last detection."""
        for earlier in range(number - 1, self._searched, -1):
            if earlier not in self._greys:
                return
            points = track.points[earlier + 1]
            moved = follow(self._greys[earlier + 1], self._greys[earlier], points, scale=scale)
            if moved is None:
                return
            track.points[earlier] = moved

    def _sample(self, track: Track, rgb: Rgb, landmarks: Points) -> None:
        if self.ask is not None and len(track.distances) < SAMPLES and track.wanted is None:
            track.distances.append(self.ask(rgb, landmarks))

    def _cut(self) -> None:
        for track in self._going_on():
            # At a cut the face may have stayed to the end of the shot.
            if track.missed is None:
                track.times_found = max(2, track.times_found)
            track.end()
        self._greys.clear()
        self._searched = self._last

    def _is_false_alarm(self, track: Track) -> bool:
        """Detected once and then missed."""
        return track.times_found < 2

    def _forget(self, number: int) -> None:
        for track in self._tracks:
            for old in [each for each in track.points if each < number and each != track.found_at]:
                del track.points[old]
        self._tracks = [
            track
            for track in self._tracks
            if not track.ended or any(each >= number for each in track.points)
        ]


def _carry_on(track: Track, before: Grey, grey: Grey, number: int, *, scale: float) -> None:
    last = track.points[number - 1]
    moved = None if track.is_lost else follow(before, grey, last, scale=scale)
    track.is_lost = moved is None
    if moved is not None:
        track.seen_at = number
    # A lost face keeps its position; a later detection distributes the way.
    track.points[number] = last.copy() if moved is None else moved


def box_of(landmarks: Points) -> Box:
    """The box around a face's landmarks."""
    (left, top), (right, bottom) = landmarks.min(axis=0), landmarks.max(axis=0)
    return float(left), float(top), float(right), float(bottom)


def shared(one: Box, other: Box) -> float:
    """Intersection over union of two boxes."""
    both = area(
        (
            max(one[0], other[0]),
            max(one[1], other[1]),
            min(one[2], other[2]),
            min(one[3], other[3]),
        )
    )
    return both / max(area(one) + area(other) - both, 1e-9)
