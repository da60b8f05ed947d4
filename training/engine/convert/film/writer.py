"""Encodes frames as a video with the time stamps, colours, aspect ratio and audio of the source."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from av import Packet, VideoFrame
from av.container import OutputContainer
from av.video.reformatter import ColorRange

from curation.vision.video import RGB, Frame, VideoReader, colour_matrix, quarter_turns
from training.engine.convert.film.overlap import StageTimes
from training.engine.convert.film.sound import KeptSound
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
        self._sounds = {
            sound.index: result.add_stream_from_template(sound)
            for sound in reading.film.streams.audio
        }
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
        changed = VideoFrame.from_numpy_buffer(frame.rgb, format="rgb24")
        if not self._is_open:
            self._open(changed, origin)
        ready = changed.reformat(
            format=self._stream.codec_context.pix_fmt,
            dst_colorspace=colour_matrix(origin),
            dst_color_range=origin.color_range or ColorRange.MPEG,
        )
        ready.pts = frame.stamp - round(self._sound.gone / self._time_base)
        ready.time_base = self._time_base
        ready.duration = origin.duration
        self._result.mux(self._stream.encode(ready))

    def finish(self, left_over: list[Packet[Any]]) -> None:
        """Flush the encoder and the remaining audio."""
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
        # Frame threading uses more cores than slice threading.
        context.thread_type = "FRAME"
        # 4:2:0 needs even sides; odd ones use 4:4:4.
        even = changed.width % 2 == 0 and changed.height % 2 == 0
        context.pix_fmt = "yuv420p" if even else "yuv444p"
        context.time_base = self._stream.time_base = self._time_base
        context.color_range = source.color_range
        context.colorspace = colour_matrix(frame) if frame.colorspace == RGB else frame.colorspace
        context.color_primaries = source.color_primaries
        context.color_trc = source.color_trc
        if source.sample_aspect_ratio:
            context.sample_aspect_ratio = self.pixel_aspect(frame)
        self._is_open = True
