"""The video pipeline: read, detect, track, swap, all stages concurrently."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass

from curation.vision.alignment import Matrix, Points, Rgb
from curation.vision.video.reader import Frame
from training.engine.convert.draw.drawing import Drawer
from training.engine.convert.draw.swap import draw_over
from training.engine.convert.faces.finding import FrameFaceFinder, Likeness, Workers, num_workers
from training.engine.convert.faces.following import Grey, grey_copy, is_cut
from training.engine.convert.faces.tracks import Distance, Tracker
from training.engine.convert.film.overlap import StageTimes, overlapped
from training.engine.convert.frame_ranges import FrameRanges
from training.engine.convert.settings import ConvertSettings

ROOM = 4
"""Queue length between two stages, in frames."""


@dataclass(slots=True, eq=False)
class FinishedFrame:
    """A converted frame, ready to be encoded."""

    frame: Frame
    num_faces: int
    keep: bool = True


@dataclass(slots=True, eq=False)
class _Searched:
    """A frame whose face detection is running, or was skipped."""

    frame: Frame
    grey: Grey
    is_cut: bool
    faces: Future[list[Points]] | None


@dataclass(slots=True, eq=False)
class _Followed:
    """A frame with its tracked faces."""

    frame: Frame
    faces: list[Matrix]


@dataclass(slots=True, eq=False)
class Pipeline:
    """The stages of a video's conversion."""

    drawer: Drawer
    settings: ConvertSettings
    finding: FrameFaceFinder
    times: StageTimes
    likeness: Likeness | None = None

    @property
    def num_workers(self) -> int:
        """Face detection threads."""
        return num_workers(self.settings.workers)

    def run(self, frames: Iterator[Frame]) -> Iterator[FinishedFrame]:
        """The converted frames in order. Closing the iterator stops all stages."""
        timed = _Timed(self.finding, self.times)
        workers = Workers(timed, self.num_workers)
        searched = overlapped(
            self._search(frames, workers), room=ROOM + workers.count * self.settings.detect_every
        )
        followed = overlapped(self._follow(searched, workers), room=ROOM)
        drawn = overlapped(self._draw(followed), room=ROOM)
        try:
            yield from drawn
        finally:
            # From last to first, so that no stage waits for a closed one.
            drawn.close()  # type: ignore[attr-defined]
            workers.close()

    def _search(self, frames: Iterator[Frame], workers: Workers) -> Iterator[_Searched]:
        before: Grey | None = None
        ranges = FrameRanges.read(self.settings.frames)
        since = 0
        for frame in frames:
            with self.times.spent("track"):
                grey = grey_copy(frame.rgb)
                cut = before is not None and is_cut(before, grey)
            faces = None
            if frame.number in ranges and (before is None or cut or since <= 0):
                # Detection reads the pixels before drawing changes them.
                faces = workers.find(frame.number, frame.rgb)
                since = self.settings.detect_every
            since -= 1
            before = grey
            yield _Searched(frame, grey, cut, faces)

    def _follow(self, searched: Iterator[_Searched], workers: Workers) -> Iterator[_Followed]:
        settings = self.settings
        likeness = self.likeness

        def ask(rgb: Rgb, landmarks: Points) -> Distance:
            assert likeness is not None  # noqa: S101, called only with a likeness
            return workers.distance(likeness, rgb, landmarks).result

        tracker = Tracker(
            detect_every=settings.detect_every,
            bridge=settings.bridge,
            smoothing=settings.smoothing,
            same_person=settings.same_person,
            ask=None if likeness is None else ask,
        )
        waiting: deque[Frame] = deque()
        for each in searched:
            faces = None if each.faces is None else each.faces.result()
            with self.times.spent("track"):
                tracker.add(
                    each.frame.number, each.frame.rgb, each.grey, faces=faces, is_cut=each.is_cut
                )
            waiting.append(each.frame)
            if len(waiting) > tracker.delay:
                yield _followed(waiting.popleft(), tracker)
        tracker.finish()
        while waiting:
            yield _followed(waiting.popleft(), tracker)

    def _draw(self, followed: Iterator[_Followed]) -> Iterator[FinishedFrame]:
        """Batches frames until they hold a batch of faces."""
        ranges = FrameRanges.read(self.settings.frames)
        together: list[_Followed] = []
        for each in followed:
            if each.frame.number not in ranges:
                each.faces.clear()
            num_faces = sum(len(one.faces) for one in [*together, each])
            if num_faces > self.settings.batch or len(together) == self.settings.batch:
                yield from self._drawn(together, ranges)
                together = []
            together.append(each)
        yield from self._drawn(together, ranges)

    def _drawn(self, together: list[_Followed], ranges: FrameRanges) -> Iterator[FinishedFrame]:
        drop = self.settings.other_frames == "drop"
        with self.times.spent("swap"):
            # A video may change its size; a batch has one size.
            for size in {each.frame.rgb.shape for each in together}:
                alike = [each for each in together if each.frame.rgb.shape == size]
                draw_over(
                    self.drawer,
                    [each.frame.rgb for each in alike],
                    [each.faces for each in alike],
                )
        for each in together:
            keep = not drop or each.frame.number in ranges
            yield FinishedFrame(each.frame, len(each.faces), keep)


class _Timed:
    """Face detection that measures its time."""

    def __init__(self, finding: FrameFaceFinder, times: StageTimes) -> None:
        self._finding, self._times = finding, times

    def find(self, number: int, rgb: Rgb) -> list[Points]:
        with self._times.spent("detect"):
            return self._finding.find(number, rgb)


def _followed(frame: Frame, tracker: Tracker) -> _Followed:
    return _Followed(frame, tracker.faces_in(frame.number))
