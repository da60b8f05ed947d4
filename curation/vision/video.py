"""Reads videos frame by frame: upright pixels, true time stamps, sound on the way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import av
import numpy as np
from av import Packet, VideoFrame
from av.container import InputContainer
from av.video.reformatter import Colorspace
from av.video.stream import VideoStream

from curation.vision.alignment import Rgb

RGB, UNSPECIFIED = 0, 2
MICROSECONDS = 1_000_000
HIGH_DEFINITION = 720
"""Lines from which on colours that say nothing of themselves are BT.709, below BT.601."""


class VideoUnreadable(ValueError):
    """A file is no video, or breaks off: the sentence says where."""

    def __init__(self, message: str, **context: Any) -> None:
        super().__init__(message)
        self.context = context
        """`frame` (counted from 1) and `seconds` after which it breaks off, where it does."""


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
class VideoReader:
    """Reads a video's frames in order."""

    film: InputContainer
    name: str
    """What the video is called in errors."""
    decoding: Callable[[], AbstractContextManager[object]] = nullcontext
    """Entered while a packet is read and decoded: a clock, where somebody measures it."""
    warn: Callable[[str], object] = lambda _: None
    """Called with a sentence about what is odd but no reason to stop."""
    left_over: list[Packet[Any]] = field(default_factory=list)
    """Sound after the last frame, once all is read."""
    _last_stamp: int | None = None
    _end: Fraction = Fraction(0)
    """When the last that was read ends, in seconds."""

    @property
    def pictures(self) -> VideoStream:
        """Raises VideoUnreadable when there are none."""
        if not self.film.streams.video:
            raise VideoUnreadable(f"There is no picture track in {self.name}.")
        return self.film.streams.video[0]

    @property
    def rate(self) -> Fraction:
        return self.pictures.average_rate or self.pictures.guessed_rate or Fraction(25)

    @property
    def time_base(self) -> Fraction:
        return self.pictures.time_base or 1 / self.rate

    def frames(self) -> Iterator[Frame]:
        """Raises VideoUnreadable, saying where, when the video breaks off."""
        number, stamp = 0, 0
        sound: list[Packet[Any]] = []
        packets = self._packets()
        try:
            while True:
                with self.decoding():
                    packet = next(packets, None)
                    if packet is None:
                        break
                    self._end = max(self._end, packet_end(packet))
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
            raise self._broken(number, stamp, error.strerror or str(error)) from error
        self.left_over = sound
        promised = self.pictures.frames
        if number == 0:
            raise VideoUnreadable(f"{self.name} has no readable frame.")
        if promised - number > max(2, promised // 100):
            raise self._broken(number, stamp, f"it should have {promised} frames")
        self._warn_of_early_end()

    def _packets(self) -> Iterator[Packet[Any]]:
        self.pictures.thread_type = "AUTO"
        return iter(self.film.demux(self.pictures, *self.film.streams.audio))

    def _broken(self, number: int, stamp: int, why: str) -> VideoUnreadable:
        seconds = float(stamp * self.time_base)
        return VideoUnreadable(
            f"{self.name} breaks off after frame {number} ({seconds:.2f} s): {why}.",
            frame=number,
            seconds=seconds,
        )

    def _warn_of_early_end(self) -> None:
        """Warn when the video is shorter than its container, which may count no frames, says."""
        promised = Fraction((self.film.start_time or 0) + (self.film.duration or 0), MICROSECONDS)
        if promised - self._end > max(Fraction(1), promised / 50):
            self.warn(
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
    pixels = frame.to_ndarray(format="rgb24", src_colorspace=colour_matrix(frame))
    pixels = pixels.astype(np.uint8, copy=False)
    turned = np.rot90(pixels, quarter_turns(frame))
    return turned if turned.flags.c_contiguous and turned.flags.writeable else turned.copy()


def quarter_turns(frame: VideoFrame) -> int:
    """Counter-clockwise."""
    return round(frame.rotation / 90)


def colour_matrix(frame: VideoFrame) -> int:
    """How its colours are coded; where that is not noted, as players take it: by its height."""
    if frame.colorspace not in {RGB, UNSPECIFIED}:
        return frame.colorspace
    return Colorspace.ITU709 if frame.height >= HIGH_DEFINITION else Colorspace.ITU601


def packet_start(packet: Packet[Any]) -> Fraction:
    """When what a packet holds begins, in seconds."""
    stamp = packet.dts if packet.pts is None else packet.pts
    return (stamp or 0) * Fraction(packet.time_base or 0)


def packet_length(packet: Packet[Any]) -> Fraction:
    """For how long what a packet holds lasts, in seconds."""
    return (packet.duration or 0) * Fraction(packet.time_base or 0)


def packet_end(packet: Packet[Any]) -> Fraction:
    """When what a packet holds is over, in seconds."""
    return packet_start(packet) + packet_length(packet)
