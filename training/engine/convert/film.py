"""Videos as frames with their sound, and back: time stamps, colours and sound stay as they were."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import av
import numpy as np
from av import Packet, VideoFrame
from av.container import InputContainer, OutputContainer
from av.video.stream import VideoStream

from training.engine.alignment import Rgb
from training.engine.convert.overlap import StageTimes
from training.engine.convert.settings import Film
from training.engine.errors import ConversionRefused


@dataclass(slots=True, eq=False)
class Frame:
    """A frame of a video, upright."""

    number: int
    """Counted from 1."""
    rgb: Rgb
    """(H, W, 3); changed in place."""
    origin: VideoFrame
    stamp: int
    """In the stream's time base."""
    sound: list[Packet[Any]] = field(default_factory=list)
    """Sound that comes before it in the file."""


@dataclass(slots=True)
class Reading:
    """Reads a video's frames in order."""

    film: InputContainer
    times: StageTimes
    name: str
    left_over: list[Packet[Any]] = field(default_factory=list)
    """Sound after the last frame, once all is read."""
    _last_stamp: int | None = None

    @property
    def pictures(self) -> VideoStream:
        """Raises ConversionRefused when there are none."""
        if not self.film.streams.video:
            raise ConversionRefused(f"There is no picture track in {self.name}.")
        return self.film.streams.video[0]

    @property
    def rate(self) -> Fraction:
        return self.pictures.average_rate or self.pictures.guessed_rate or Fraction(25)

    @property
    def time_base(self) -> Fraction:
        return self.pictures.time_base or 1 / self.rate

    def frames(self) -> Iterator[Frame]:
        """Raises ConversionRefused, telling where, when the video breaks off."""
        number, stamp = 0, 0
        sound: list[Packet[Any]] = []
        packets = self._packets()
        try:
            while True:
                with self.times.spent("decode"):
                    packet = next(packets, None)
                    if packet is None:
                        break
                    if packet.stream.type == "audio":
                        if packet.dts is not None:
                            sound.append(packet)
                        continue
                    ready = []
                    for decoded in packet.decode():
                        number += 1
                        stamp = self._stamp(decoded)
                        ready.append(Frame(number, _upright(decoded), decoded, stamp, sound))
                        sound = []
                yield from ready
        except av.FFmpegError as error:
            raise self._broken(number, stamp, str(error)) from error
        self.left_over = sound
        told = self.pictures.frames
        if number == 0:
            raise ConversionRefused(f"{self.name} has no readable frame.")
        if told - number > max(2, told // 100):
            raise self._broken(number, stamp, f"it should have {told} frames")

    def _packets(self) -> Iterator[Packet[Any]]:
        self.pictures.thread_type = "AUTO"
        return iter(self.film.demux(self.pictures, *self.film.streams.audio))

    def _broken(self, number: int, stamp: int, why: str) -> ConversionRefused:
        seconds = float(stamp * self.time_base)
        return ConversionRefused(
            f"{self.name} breaks off after frame {number} ({seconds:.2f} s): {why}. Nothing was "
            "written. Fetch the video again, or cut it off there first.",
            frame=number,
            seconds=seconds,
        )

    def _stamp(self, frame: VideoFrame) -> int:
        stamp = frame.pts
        if stamp is None:
            last, usual = self._last_stamp, max(1, round(1 / (self.rate * self.time_base)))
            stamp = 0 if last is None else last + usual
        self._last_stamp = stamp
        return stamp


def _upright(frame: VideoFrame) -> Rgb:
    """Phones film sideways and note it; here the picture itself is turned upright."""
    pixels = frame.to_ndarray(format="rgb24").astype(np.uint8, copy=False)
    turned = np.rot90(pixels, frame.rotation // 90)
    return turned if turned.flags.c_contiguous and turned.flags.writeable else turned.copy()


class Writing:
    """Writes frames as H.264 with the source's time stamps, colours and shape, and its sound."""

    def __init__(
        self, reading: Reading, result: OutputContainer, look: Film, times: StageTimes
    ) -> None:
        self._source = reading.pictures
        self._time_base = reading.time_base
        self._result = result
        self._times = times
        options = {"crf": str(look.crf), "preset": look.preset}
        self._stream = result.add_stream("libx264", rate=reading.rate, options=options)
        self._sounds = {
            sound.index: result.add_stream_from_template(sound)
            for sound in reading.film.streams.audio
        }
        self._is_open = False
        self._gone = 0

    def write(self, frame: Frame, *, keep: bool = True) -> None:
        """Write a frame and the sound before it; or drop it, so that what follows closes up."""
        with self._times.spent("encode"):
            origin = frame.origin
            if not keep:
                self._drop(frame)
                return
            changed = VideoFrame.from_ndarray(frame.rgb, format="rgb24")
            if not self._is_open:
                self._open(changed, origin)
            ready = changed.reformat(
                format=self._stream.codec_context.pix_fmt, dst_colorspace=origin.colorspace
            )
            ready.pts, ready.time_base = frame.stamp - self._gone, self._time_base
            ready.duration = origin.duration
            self._result.mux(self._stream.encode(ready))
            self._hear(frame.sound)

    def finish(self, left_over: list[Packet[Any]]) -> None:
        """Write what is still held back. Raises ConversionRefused when no frame was kept."""
        if not self._is_open:
            raise ConversionRefused("None of the frames that were asked for is in the video.")
        with self._times.spent("encode"):
            self._hear(left_over)
            self._result.mux(self._stream.encode(None))

    def _drop(self, frame: Frame) -> None:
        self._gone += frame.origin.duration or max(
            1, round(1 / ((self._stream.rate or 25) * self._time_base))
        )

    def _hear(self, sound: list[Packet[Any]]) -> None:
        """Copy sound; with frames dropped it would no longer belong to the picture, and goes."""
        if self._gone:
            return
        for packet in sound:
            packet.stream = self._sounds[packet.stream.index]
            self._result.mux(packet)

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
        self._is_open = True
