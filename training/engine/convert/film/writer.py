"""Encodes frames as a video with the time stamps, colours, aspect ratio and audio of the source."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
from av import Packet, VideoFrame
from av.container import OutputContainer
from av.video.reformatter import ColorRange

from curation.vision.alignment import Rgb
from curation.vision.video.picture import (
    RGB,
    UNSPECIFIED,
    colour_matrix,
    known_colours,
    quarter_turns,
)
from curation.vision.video.reader import Frame, VideoReader
from training.engine.convert.film.overlap import StageTimes
from training.engine.convert.film.sound import KeptSound
from training.engine.convert.film.sound_tracks import SoundTrack, sound_tracks
from training.engine.convert.settings import Film


class VideoWriter:
    """H.264 encoder that keeps the source's time stamps, colours, aspect ratio and audio."""

    def __init__(
        self, reading: VideoReader, result: OutputContainer, look: Film, times: StageTimes
    ) -> None:
        self._source = reading.pictures
        self._time_base = reading.time_base
        self._result = result
        self._times = times
        options = {"crf": str(look.crf), "preset": look.preset}
        self._stream = result.add_stream("libx264", rate=reading.rate, options=options)
        self._sounds: dict[int, SoundTrack] = sound_tracks(reading, result)
        self._is_open = False
        self._sound = KeptSound()

    def write(self, frame: Frame, *, keep: bool = True) -> None:
        """Write a frame and the audio before it, or drop it so that the rest moves up."""
        with self._times.spent("encode"):
            moment = frame.stamp * self._time_base
            if keep:
                self._sound.show(moment)
                self._show(frame)
            else:
                self._sound.drop(moment)
            self._hear(frame.sound, until=moment)

    def pixel_aspect(self, frame: VideoFrame) -> Fraction:
        """Width of an upright pixel by its height."""
        shape = self._source.codec_context.sample_aspect_ratio or Fraction(1)
        lying = quarter_turns(frame) % 2 == 1
        return 1 / shape if lying else shape

    def _show(self, frame: Frame) -> None:
        origin = frame.origin
        # Shares the buffer, which is not changed until reformatted.
        changed = VideoFrame.from_numpy_buffer(with_even_sides(frame.rgb), format="rgb24")
        if not self._is_open:
            self._open(changed, origin)
        context, colours = self._stream.codec_context, known_colours(origin)
        ready = changed.reformat(
            context.width,
            context.height,
            context.pix_fmt,
            dst_colorspace=colours.matrix if is_told(colours.matrix) else colour_matrix(origin),
            dst_color_range=colours.reach or ColorRange.MPEG,
        )
        ready.pts = frame.stamp - round(self._sound.gone / self._time_base)
        ready.time_base = self._time_base
        ready.duration = origin.duration
        self._result.mux(self._stream.encode(ready))

    def finish(self, left_over: list[Packet[Any]]) -> None:
        """Flush the encoder and the remaining audio."""
        with self._times.spent("encode"):
            self._hear(left_over, until=None)
            for track in self._sounds.values():
                self._result.mux(track.rest())
            self._result.mux(self._stream.encode(None))

    def _hear(self, sound: list[Packet[Any]], *, until: Fraction | None) -> None:
        for packet in self._sound.hear(sound, until=until):
            if track := self._sounds.get(packet.stream.index):
                self._result.mux(track.heard(packet))

    def _open(self, changed: VideoFrame, frame: VideoFrame) -> None:
        context, colours = self._stream.codec_context, known_colours(frame)
        context.width, context.height = changed.width, changed.height
        # Frame threading uses more cores than slice threading.
        context.thread_type = "FRAME"
        context.pix_fmt = "yuv420p"
        context.time_base = self._stream.time_base = self._time_base
        context.color_range = colours.reach
        context.colorspace = colour_matrix(frame) if colours.matrix == RGB else colours.matrix
        context.color_primaries = colours.primaries
        context.color_trc = colours.transfer
        if self._source.sample_aspect_ratio:
            context.sample_aspect_ratio = self.pixel_aspect(frame)
        self._is_open = True


def is_told(matrix: int) -> bool:
    """Whether a film says how its colours are coded, in a way that H.264 in 4:2:0 can be."""
    return matrix not in {RGB, UNSPECIFIED}


def with_even_sides(rgb: Rgb) -> Rgb:
    """The picture with its last line and column once more where a side is odd.

    In 4:2:0, all that phones and Safari play, two lines and two columns share their colours.
    """
    height, width = rgb.shape[:2]
    if height % 2 == 0 and width % 2 == 0:
        return rgb
    return np.pad(rgb, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")
