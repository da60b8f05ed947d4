"""Converts videos: pipelined, in constant memory, never written unmarked."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import av

from curation.vision.video.reader import VideoReader, VideoUnreadable
from training.engine.convert.draw.swap import FaceSwapper
from training.engine.convert.faces.no_face_swapped import (
    refuse_frames_beyond,
    refuse_no_face_swapped,
)
from training.engine.convert.film.overlap import StageTimes
from training.engine.convert.film.writer import VideoWriter
from training.engine.convert.mark import Marker
from training.engine.convert.pipeline import Pipeline
from training.engine.errors import ConversionRefused
from training.engine.marks.aigc_in_films import FILM_OPTIONS, put_into_film
from training.engine.marks.label import VisibleLabel
from training.engine.phrasing import counted, reason_of
from training.engine.run.events import say

CONTAINERS = {".mp4": "mp4", ".mov": "mov"}
"""Containers that can carry both H.264 and Content Credentials."""
SECONDS_BETWEEN_PROGRESS = 2.0


@dataclass(slots=True)
class ConversionProgress:
    """Reports progress at intervals."""

    total: int = 0
    """0 when the video does not say."""
    frames: int = 0
    frames_with_faces: int = 0
    started: float = field(default_factory=time.monotonic)
    reported_at: float = field(default_factory=time.monotonic)

    def add(self, num_faces: int) -> None:
        now = time.monotonic()
        self.frames += 1
        self.frames_with_faces += num_faces > 0
        if now - self.reported_at >= SECONDS_BETWEEN_PROGRESS:
            self.reported_at = now
            of = f"/{self.total}" if self.total else ""
            say(f"frame {self.frames}{of}, {self.frames / (now - self.started):.1f} frames/s")


def convert_video(source: Path, target: Path, *, swapper: FaceSwapper, marker: Marker) -> None:
    """Write `target`: the video at `source` swapped, labelled and signed, in constant memory.

    Time stamps are kept, and sound is copied where players play it. Where frames are dropped, the
    rest moves up, and its sound with it, cut between packets.
    Raises ConversionRefused for a video that cannot be read or has none of the selected frames,
    NoFaceSwapped, or NotMarked.
    """
    times, progress = StageTimes(), ConversionProgress()
    settings = swapper.settings
    label = VisibleLabel(settings.label)
    pipeline = Pipeline(swapper.drawer, settings, swapper.finder, times, swapper.likeness)
    with (
        refusing_unreadable(source),
        marker.marked(target) as draft,
        av.open(str(source)) as film,
        av.open(
            str(draft.path),
            "w",
            format=CONTAINERS[target.suffix.lower()],
            options=FILM_OPTIONS,
        ) as result,
    ):
        put_into_film(draft.key, result)
        reading = VideoReader(film, str(source), decoding=partial(times.spent, "decode"), warn=say)
        writing = VideoWriter(reading, result, settings.film, times)
        progress.total = reading.pictures.frames
        if progress.total:
            refuse_frames_beyond(source, settings, progress.total)
        with closing(pipeline.run(reading.frames())) as frames:  # type: ignore[type-var]
            for done in frames:
                label.draw(done.frame.rgb, pixel_aspect=writing.pixel_aspect(done.frame.origin))
                writing.write(done.frame, keep=done.keep)
                progress.add(done.num_faces)
        refuse_frames_beyond(source, settings, progress.frames)
        if progress.frames_with_faces == 0:
            refuse_no_face_swapped(source, settings, swapper.likeness, is_video=True)
        writing.finish(reading.left_over)
    say(f"{counted(progress.frames, 'frame')}, {progress.frames_with_faces} of them with faces")


@contextmanager
def refusing_unreadable(source: Path) -> Iterator[None]:
    """Within it, what is wrong with the video at `source` raises ConversionRefused."""
    try:
        yield
    except VideoUnreadable as error:
        # Only a film that breaks off has a place to be trimmed at.
        cure = "Download the video again, or trim it there first." if error.context else ""
        raise ConversionRefused(
            f"{error} Nothing was written. {cure}".strip(), **error.context
        ) from error
    except av.FFmpegError as error:
        raise ConversionRefused(
            f"{source} cannot be converted as a video: {reason_of(error)}. "
            "Download it again if it is truncated."
        ) from error
