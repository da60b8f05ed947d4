"""Reads videos frame by frame, in one known form: the film's own track, whole pictures, upright, in
ordinary colours, on a clock that begins at zero and goes only forward; sound on the way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import av
from av import Packet, VideoFrame
from av.container import InputContainer
from av.video.stream import VideoStream

from curation.vision.alignment import Rgb
from curation.vision.video.clock import FilmClock, length_of
from curation.vision.video.picture import Deinterlacer, Painter
from curation.vision.video.tracks import film_track


class VideoUnreadable(ValueError):
    """A file is no video, or breaks off: the sentence says where."""

    def __init__(self, message: str, **context: Any) -> None:
        super().__init__(message)
        self.context = context
        """`frame` (counted from 1) and `seconds` after which it breaks off, where it does."""


@dataclass(slots=True, eq=False)
class Decoded:
    """A frame of a video as it is coded, whole and in time."""

    number: int
    """Counted from 1."""
    picture: VideoFrame
    stamp: int
    """In the stream's time base."""
    sound: list[Packet[Any]] = field(default_factory=list)
    """Sound that comes before it in the file."""


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
    _number: int = 0

    @property
    def pictures(self) -> VideoStream:
        """The track that is the film. Raises VideoUnreadable when there is none."""
        track = film_track(self.film)
        if track is None:
            raise VideoUnreadable(f"There is no picture track in {self.name}.")
        return track

    @property
    def rate(self) -> Fraction:
        return self.pictures.average_rate or self.pictures.guessed_rate or Fraction(25)

    @property
    def time_base(self) -> Fraction:
        return self.pictures.time_base or 1 / self.rate

    @property
    def pixel_aspect(self) -> Fraction:
        """Width of a pixel by its height, as the film lies."""
        track = self.pictures
        return track.sample_aspect_ratio or track.codec_context.sample_aspect_ratio or Fraction(1)

    def frames(self) -> Iterator[Frame]:
        """Raises VideoUnreadable, saying where, when the video breaks off."""
        painter = Painter()
        decoded = self.decoded()
        while True:
            with self.decoding():
                each = next(decoded, None)
                if each is None:
                    return
                rgb = painter.upright(each.picture)
            yield Frame(each.number, rgb, each.picture, each.stamp, each.sound)

    def decoded(self) -> Iterator[Decoded]:
        """The frames before anybody asked for their pixels. Raises VideoUnreadable, as above."""
        track = self.pictures
        sound: list[Packet[Any]] = []
        try:
            for picture in self._pictures(track, sound):
                self._number += 1
                yield Decoded(self._number, picture, self._stamp(picture), sound.copy())
                sound.clear()
        except av.FFmpegError as error:
            raise self._broken(error.strerror or str(error)) from error
        self.left_over = sound
        if self._number == 0:
            raise VideoUnreadable(f"{self.name} has no readable frame.")
        if track.frames - self._number > max(2, track.frames // 100):
            raise self._broken(f"it should have {track.frames} frames")
        self._warn_of_early_end()

    def _pictures(self, track: VideoStream, sound: list[Packet[Any]]) -> Iterator[VideoFrame]:
        """The whole pictures in order; what is heard on the way is added to `sound`."""
        track.thread_type = "AUTO"
        clock, whole = FilmClock.of(self.film), Deinterlacer()
        for packet in self.film.demux(track, *self.film.streams.audio):
            if not clock.move(packet):
                continue
            self._end = max(self._end, packet_end(packet))
            if packet.stream.type != "audio":
                for coded in packet.decode():
                    assert isinstance(coded, VideoFrame)  # noqa: S101, of a picture track
                    yield from whole.through(coded)
            elif packet.dts is not None:
                sound.append(packet)
        yield from whole.rest()

    def _broken(self, why: str) -> VideoUnreadable:
        seconds = float((self._last_stamp or 0) * self.time_base)
        return VideoUnreadable(
            f"{self.name} breaks off after frame {self._number} ({seconds:.2f} s): {why}.",
            frame=self._number,
            seconds=seconds,
        )

    def _warn_of_early_end(self) -> None:
        """Warn when the video is shorter than its container, which may count no frames, says."""
        promised = length_of(self.film)
        if promised - self._end > max(Fraction(1), promised / 50):
            self.warn(
                f"{self.name} ends after {float(self._end):.2f} s, though it should last "
                f"{float(promised):.2f} s: what there is was converted. Is the file whole?"
            )

    def _stamp(self, frame: VideoFrame) -> int:
        """In the stream's time base, later than the one before it."""
        last, base = self._last_stamp, self.time_base
        if frame.pts is None:
            stamp = 0 if last is None else last + max(1, round(1 / (self.rate * base)))
        else:
            stamp = round(frame.pts * (frame.time_base or base) / base)
        if last is not None:
            stamp = max(stamp, last + 1)
        self._last_stamp = stamp
        return stamp


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
