"""Where one shot of a film ends and the next begins."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

import numpy as np
from av import VideoFrame
from av.video.reformatter import Interpolation, VideoReformatter
from numpy.typing import NDArray

_WIDTH, _HEIGHT = 64, 36
_LEAST_CHANGE = 10.0
"""Mean difference of two small copies, of 255, below which no frame begins a shot."""
_LEAST_SHARE, _CHANGED = 0.35, 8.0
"""So much of the picture must change, by so much: a hand before the camera is no cut."""
_TIMES_USUAL = 4.0
"""By how much more than around it a picture must change: pans and dances change all the time."""
_MEMORY = 12
"""Frames by which the usual is known."""


@dataclass(slots=True)
class CutFinder:
    """Tells of each frame in turn whether a new shot begins with it."""

    _before: NDArray[np.int16] | None = None
    _changes: deque[float] = field(default_factory=lambda: deque(maxlen=_MEMORY))
    _reformatter: VideoReformatter = field(default_factory=VideoReformatter)

    def begins_with(self, frame: VideoFrame) -> bool:
        """Also of the first frame of all."""
        small = self._small(frame)
        before, self._before = self._before, small
        if before is None:
            return True
        changes = np.abs(small - before).mean(axis=2)
        change = float(changes.mean())
        usual = float(np.median(self._changes)) if self._changes else 0.0
        is_cut = change > max(_LEAST_CHANGE, _TIMES_USUAL * usual) and bool(
            (changes > _CHANGED).mean() > _LEAST_SHARE
        )
        if is_cut:
            self._changes.clear()
        else:
            self._changes.append(change)
        return is_cut

    def _small(self, frame: VideoFrame) -> NDArray[np.int16]:
        small = self._reformatter.reformat(
            frame, _WIDTH, _HEIGHT, "rgb24", interpolation=Interpolation.AREA
        )
        return small.to_ndarray().astype(np.int16)
