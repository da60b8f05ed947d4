"""Converts videos frame by frame: time stamps and sound stay what they were."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any, cast

import av
import numpy as np
from av import Packet, VideoFrame
from av.container import InputContainer, OutputContainer
from av.video.stream import VideoStream

from training.engine.alignment import Rgb
from training.engine.convert.label import Label
from training.engine.convert.mark import Marker
from training.engine.convert.swap import FaceSwapper
from training.engine.errors import ConversionRefused
from training.engine.events import say

CONTAINERS = {".mp4": "mp4", ".mov": "mov"}
"""Containers that can carry both H.264 and Content Credentials."""
ENCODING = {"crf": "18", "preset": "medium"}
SECONDS_BETWEEN_PROGRESS = 2.0


Change = Callable[[Rgb], Rgb]


@dataclass(slots=True)
class Progress:
    """Tells now and then how far the video is."""

    total: int = 0
    """0 when the video does not say."""
    frames: int = 0
    frames_with_faces: int = 0
    started: float = field(default_factory=time.monotonic)
    told: float = field(default_factory=time.monotonic)

    def add(self, num_faces: int) -> None:
        now = time.monotonic()
        self.frames += 1
        self.frames_with_faces += num_faces > 0
        if now - self.told >= SECONDS_BETWEEN_PROGRESS:
            self.told = now
            of = f"/{self.total}" if self.total else ""
            say(f"frame {self.frames}{of}, {self.frames / (now - self.started):.1f} frames/s")


def convert_video(source: Path, target: Path, *, swapper: FaceSwapper, marker: Marker) -> None:
    """Write `target`: the video at `source` swapped, labelled and signed, in constant memory.

    Every frame keeps its time stamp; sound is copied as it is.
    Raises ConversionRefused for a video that cannot be read or written, or NotMarked.
    """
    container = CONTAINERS.get(target.suffix.lower())
    if container is None:
        kinds = ", ".join(CONTAINERS)
        raise ConversionRefused(f"{target} is no video that can be marked; take one of: {kinds}.")
    label, progress = Label(), Progress()

    def change(rgb: Rgb) -> Rgb:
        swapped = swapper.swap(rgb)
        progress.add(swapped.num_faces)
        label.draw(swapped.rgb)
        return swapped.rgb

    try:
        with (
            marker.marked(target) as partial,
            av.open(str(source)) as film,
            av.open(str(partial), "w", format=container) as result,
        ):
            if not film.streams.video:
                raise ConversionRefused(f"There is no picture track in {source}.")
            progress.total = film.streams.video[0].frames
            rewrite(film, result, change)
    except av.FFmpegError as error:
        raise ConversionRefused(f"{source} cannot be converted as a video: {error}.") from error
    say(f"{progress.frames} frames, {progress.frames_with_faces} of them with faces")


def rewrite(film: InputContainer, result: OutputContainer, change: Change) -> None:
    """Send every frame of `film` through `change` into `result`, and the sound as it is."""
    pictures = film.streams.video[0]
    pictures.thread_type = "AUTO"
    encoder = Encoder(pictures, result)
    sounds = {sound.index: result.add_stream_from_template(sound) for sound in film.streams.audio}
    # The file's head is written with the first packet and names the picture's size, so sound
    # that comes before the first frame has to wait for it.
    waiting: list[Packet[Any]] = []
    for packet in film.demux(pictures, *film.streams.audio):
        if packet.stream.index not in sounds:
            for frame in packet.decode():
                encoder.encode(cast("VideoFrame", frame), change)
        elif packet.dts is not None:
            packet.stream = sounds[packet.stream.index]
            waiting.append(packet)
        if encoder.is_open:
            for sound_packet in waiting:
                result.mux(sound_packet)
            waiting.clear()
    if not encoder.is_open:
        raise ConversionRefused("The video has no readable frame.")
    encoder.finish()


class Encoder:
    """Writes changed frames as H.264 with the source's time stamps, colours and shape."""

    def __init__(self, source: VideoStream, result: OutputContainer) -> None:
        self._source = source
        self._result = result
        rate = source.average_rate or source.guessed_rate or Fraction(25)
        self._stream = result.add_stream("libx264", rate=rate, options=ENCODING)
        self._time_base = source.time_base or 1 / rate
        self._frame_duration = 1 / (rate * self._time_base)
        self._last_stamp: int | None = None
        self.is_open = False

    def encode(self, frame: VideoFrame, change: Change) -> None:
        """Change one frame and write it."""
        pixels = frame.to_ndarray(format="rgb24").astype(np.uint8, copy=False)
        # Phones film sideways and note it; here the picture itself is turned upright.
        upright = np.ascontiguousarray(np.rot90(pixels, frame.rotation // 90))
        changed = VideoFrame.from_ndarray(change(upright), format="rgb24")
        if not self.is_open:
            self._open(changed, frame)
        ready = changed.reformat(
            format=self._stream.codec_context.pix_fmt, dst_colorspace=frame.colorspace
        )
        ready.pts, ready.time_base = self._stamp(frame), self._time_base
        ready.duration = frame.duration
        self._result.mux(self._stream.encode(ready))

    def finish(self) -> None:
        """Write what the encoder still holds back."""
        self._result.mux(self._stream.encode(None))

    def _open(self, changed: VideoFrame, frame: VideoFrame) -> None:
        context, source = self._stream.codec_context, self._source.codec_context
        context.width, context.height = changed.width, changed.height
        # Colour at half the size needs an even side; an odd one keeps colour in full.
        even = changed.width % 2 == 0 and changed.height % 2 == 0
        context.pix_fmt = "yuv420p" if even else "yuv444p"
        context.time_base = self._stream.time_base = self._time_base
        context.color_range = source.color_range
        context.colorspace = frame.colorspace
        context.color_primaries = source.color_primaries
        context.color_trc = source.color_trc
        if source.sample_aspect_ratio:
            context.sample_aspect_ratio = source.sample_aspect_ratio
        self.is_open = True

    def _stamp(self, frame: VideoFrame) -> int:
        stamp = frame.pts
        if stamp is None:
            last = self._last_stamp
            stamp = 0 if last is None else last + max(1, round(self._frame_duration))
        self._last_stamp = stamp
        return stamp
