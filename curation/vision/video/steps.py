"""A film in steps of so many frames, none of them across a cut; of each, one frame may be kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from curation.vision.video.reader import Decoded
from curation.vision.video.scenes import CutFinder

_FURTHEST = 12
"""Frames on each side of a step's middle that may be kept in its place."""
_BYTES_HELD = 96 * 2**20
"""Of one step's frames, at most: so 4K takes no more memory than 1080p."""
_EARLY_EVERY, _MOST_EARLY = 3, 5
"""Frames before the window that are held in case the shot ends before it."""
_BESIDE_CUT = 2
"""Frames at a shot's beginning that may still hold something of the one before."""


@dataclass(slots=True, eq=False)
class Step:
    """A stretch of one shot, and the frames of it that may be kept."""

    number: int
    """Counted from 1 through the film."""
    scene: int
    """Counted from 1."""
    begins_scene: bool
    length: int = 0
    """Frames."""
    window: list[Decoded] = field(default_factory=list)
    """Frames around its middle, in order."""


def steps(frames: Iterable[Decoded], *, every: int) -> Iterator[Step]:
    """The film in steps of `every` frames, counted anew from each cut.

    What is left before a cut is a step too when it is half as long, or all there is of its shot.
    """
    cuts, number = CutFinder(), 0
    step = Step(0, 0, begins_scene=False)
    for frame in frames:
        is_cut = cuts.begins_with(frame.picture)
        if is_cut or step.length == every:
            if _is_whole(step, every):
                yield step
                number = step.number
            step = Step(number + 1, step.scene + is_cut, begins_scene=is_cut)
        _add(step, frame, every)
    if _is_whole(step, every):
        yield step


def _is_whole(step: Step, every: int) -> bool:
    return step.length > 0 and (step.begins_scene or 2 * step.length >= every)


def _add(step: Step, frame: Decoded, every: int) -> None:
    """Hold the frame if it lies around the middle of a whole step, or may be all there is."""
    reach = _reach(frame, every)
    at, middle = step.length, every // 2
    step.length += 1
    if at == max(middle - reach, 0) and step.begins_scene:
        step.window.clear()
    if abs(at - middle) <= reach or (step.begins_scene and _is_early(step, at, middle - reach)):
        step.window.append(frame)


def _is_early(step: Step, at: int, before: int) -> bool:
    is_apart = at == 0 or (at >= _BESIDE_CUT and at % _EARLY_EVERY == _BESIDE_CUT)
    return at < before and is_apart and len(step.window) < _MOST_EARLY


def _reach(frame: Decoded, every: int) -> int:
    """How far from the middle frames are looked at."""
    picture = frame.picture
    num_bytes = sum(plane.buffer_size for plane in picture.planes)
    return min(every // 4, _FURTHEST, max(0, (_BYTES_HELD // num_bytes - 1) // 2))
