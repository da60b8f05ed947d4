"""The pictures that are kept of a film, one after the other, in flat memory."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import av
from av.container import InputContainer

from curation.vision.video.choosing import Chooser, Descriptor, KeptFrame, Passed, Wanted
from curation.vision.video.clock import length_of
from curation.vision.video.reader import Decoded, VideoReader
from curation.vision.video.steps import Step, steps

FORMATS = (
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,mpegvideo,flv,asf,ogg,rm,mxf,wtv,dv,gxf,"
    "nut,h264,hevc,m4v,ivf,swf,vob"
)
"""An allow-list: other formats of libavformat are lists of further files and addresses."""
MOST_PIXELS = 4096 * 2304
MOST_FRAMES = 1_500_000
"""Seven hours at 60 a second."""
_MOST_THREADS = 4
"""That decode; each holds frames."""
_STEPS_AHEAD = 1
"""That are decoded while one is looked at."""


class FilmTooLarge(ValueError):
    """A film with more pixels a frame, or more frames, than are taken."""

    def __init__(self, code: str, **details: int) -> None:
        super().__init__(code)
        self.code, self.details = code, details


@dataclass(frozen=True, slots=True, eq=False)
class StepTaken:
    """How far a film is, and what became of its latest step."""

    step: int
    scene: int
    moment: float
    """Seconds from the beginning."""
    length: float
    """Seconds of the whole film; 0 when it does not say."""
    result: KeptFrame | Passed | None
    """None for a step that was taken before."""


def extract(
    path: Path, wanted: Wanted, *, references: Sequence[Descriptor] = (), after_step: int = 0
) -> Iterator[StepTaken]:
    """Each step of the film at `path`, with the frame of it that is kept.

    Steps up to `after_step` are not looked at again: the film is decoded from its beginning, so
    that all that follow are as if it had never been interrupted.
    Raises VideoUnreadable, FilmTooLarge, and errors of libav.
    """
    with _opened(path) as film, ThreadPoolExecutor(1) as looking:
        reader = VideoReader(film, path.name)
        _prepare(reader)
        length = float(length_of(film))
        chooser = Chooser(wanted, reader.time_base, reader.pixel_aspect, references)
        under_way: deque[tuple[Step, float, Future[KeptFrame | Passed] | None]] = deque()
        for step in steps(_bounded(reader), every=wanted.every):
            moment = float(step.window[-1].stamp * reader.time_base) if step.window else 0.0
            job = looking.submit(chooser.choose, step) if step.number > after_step else None
            under_way.append((step, moment, job))
            while len(under_way) > _STEPS_AHEAD:
                yield _taken(*under_way.popleft(), length)
        while under_way:
            yield _taken(*under_way.popleft(), length)


def _taken(
    step: Step, moment: float, job: Future[KeptFrame | Passed] | None, length: float
) -> StepTaken:
    result = None if job is None else job.result()
    step.window.clear()
    return StepTaken(step.number, step.scene, moment, length, result)


@contextmanager
def _opened(path: Path) -> Iterator[InputContainer]:
    """The film, whose format is one that holds its own pictures."""
    allowed = {"format_whitelist": FORMATS, "protocol_whitelist": "file"}
    with av.open(str(path), options=allowed, metadata_errors="ignore") as film:
        yield film


def _prepare(reader: VideoReader) -> None:
    context = reader.pictures.codec_context
    context.thread_count = min(_MOST_THREADS, os.cpu_count() or 1)
    context.options = {"max_pixels": str(MOST_PIXELS)}
    if context.width * context.height > MOST_PIXELS:
        size = {"width": context.width, "height": context.height}
        raise FilmTooLarge("film_too_large", most=MOST_PIXELS // 1_000_000, **size)


def _bounded(reader: VideoReader) -> Iterator[Decoded]:
    for frame in reader.decoded():
        if frame.number > MOST_FRAMES:
            raise FilmTooLarge("film_too_long", most=MOST_FRAMES)
        frame.sound.clear()
        yield frame
