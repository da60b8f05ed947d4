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
from av.video.reformatter import ColorRange, Colorspace
from av.video.stream import VideoStream

from training.engine.alignment import Rgb
from training.engine.convert.overlap import StageTimes
from training.engine.convert.settings import Film
from training.engine.convert.sound import KeptSound, end_of
from training.engine.errors import ConversionRefused
from training.engine.events import say
from training.engine.words import counted, reason_of

RGB, UNSPECIFIED = 0, 2
MICROSECONDS = 1_000_000
HIGH_DEFINITION = 720
"""Lines from which on colours that say nothing of themselves are BT.709, below BT.601."""


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
    _end: Fraction = Fraction(0)
    """When the last that was read ends, in seconds."""

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
                    self._end = max(self._end, end_of(packet))
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
            raise self._broken(number, stamp, reason_of(error)) from error
        self.left_over = sound
        told = self.pictures.frames
        if number == 0:
            raise ConversionRefused(f"{self.name} has no readable frame.")
        if told - number > max(2, told // 100):
            raise self._broken(number, stamp, f"it should have {counted(told, 'frame')}")
        self._tell_of_early_end()

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

    def _tell_of_early_end(self) -> None:
        """Containers that count no frames tell at least how long they should be."""
        promised = Fraction((self.film.start_time or 0) + (self.film.duration or 0), MICROSECONDS)
        if promised - self._end > max(Fraction(1), promised / 50):
            say(
                f"{self.name} ends after {float(self._end):.2f} s, though it should last "
                f"{float(promised):.2f} s: what there is was converted. Is the file whole?"
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
    pixels = frame.to_ndarray(format="rgb24", src_colorspace=_matrix(frame))
    pixels = pixels.astype(np.uint8, copy=False)
    turned = np.rot90(pixels, _quarter_turns(frame))
    return turned if turned.flags.c_contiguous and turned.flags.writeable else turned.copy()


def _quarter_turns(frame: VideoFrame) -> int:
    """Counter-clockwise."""
    return round(frame.rotation / 90)


def _matrix(frame: VideoFrame) -> int:
    """How its colours are coded; where that is not noted, as players take it: by its height."""
    if frame.colorspace not in {RGB, UNSPECIFIED}:
        return frame.colorspace
    return Colorspace.ITU709 if frame.height >= HIGH_DEFINITION else Colorspace.ITU601


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
        self._sound = KeptSound()

    def write(self, frame: Frame, *, keep: bool = True) -> None:
        """Write a frame and what sounds before it; or drop it, so that what follows closes up."""
        with self._times.spent("encode"):
            moment = frame.stamp * self._time_base
            if keep:
                self._sound.show(moment)
                self._show(frame)
            else:
                self._sound.drop(moment)
            self._hear(frame.sound, until=moment)

    def _show(self, frame: Frame) -> None:
        origin = frame.origin
        # Shown, not copied: it is not changed any more before it has its new form.
        changed = VideoFrame.from_numpy_buffer(frame.rgb, format="rgb24")
        if not self._is_open:
            self._open(changed, origin)
        ready = changed.reformat(
            format=self._stream.codec_context.pix_fmt,
            dst_colorspace=_matrix(origin),
            dst_color_range=origin.color_range or ColorRange.MPEG,
        )
        ready.pts = frame.stamp - round(self._sound.gone / self._time_base)
        ready.time_base = self._time_base
        ready.duration = origin.duration
        self._result.mux(self._stream.encode(ready))

    def finish(self, left_over: list[Packet[Any]]) -> None:
        """Write what is still held back."""
        with self._times.spent("encode"):
            self._hear(left_over, until=None)
            self._result.mux(self._stream.encode(None))

    def _hear(self, sound: list[Packet[Any]], *, until: Fraction | None) -> None:
        for packet in self._sound.hear(sound, until=until):
            packet.stream = self._sounds[packet.stream.index]
            self._result.mux(packet)

    def _open(self, changed: VideoFrame, frame: VideoFrame) -> None:
        context, source = self._stream.codec_context, self._source.codec_context
        context.width, context.height = changed.width, changed.height
        # Many frames at a time: slices of one frame keep fewer processors busy.
        context.thread_type = "FRAME"
        # Colour at half the size needs an even side; an odd one keeps colour in full.
        even = changed.width % 2 == 0 and changed.height % 2 == 0
        context.pix_fmt = "yuv420p" if even else "yuv444p"
        context.time_base = self._stream.time_base = self._time_base
        context.color_range = source.color_range
        context.colorspace = _matrix(frame) if frame.colorspace == RGB else frame.colorspace
        context.color_primaries = source.color_primaries
        context.color_trc = source.color_trc
        if source.sample_aspect_ratio:
            lying = _quarter_turns(frame) % 2 == 1
            shape = source.sample_aspect_ratio
            context.sample_aspect_ratio = 1 / shape if lying else shape
        self._is_open = True
