"""A film's sound tracks on their way into the result: as they are, or encoded as AAC."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

import av
from av import AudioFrame, Packet
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.error import BlockingIOError as NotYet
from av.error import EOFError as NoMore
from av.filter import Graph

from curation.vision.video.reader import VideoReader

PLAYED = {
    "mp4": {"aac", "mp3", "ac3", "eac3", "opus", "flac", "alac"},
    "mov": {
        "aac",
        "mp3",
        "ac3",
        "eac3",
        "alac",
        "pcm_s16le",
        "pcm_s16be",
        "pcm_s24le",
        "pcm_s24be",
    },
}
"""Kinds of sound that each container holds and players play: these are copied."""
_RATES = (8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000)
_BITS_PER_CHANNEL = 96_000


class SoundTrack(Protocol):
    """A sound track of the result, fed with the packets of one of the source's."""

    def heard(self, packet: Packet[Any]) -> list[Packet[Any]]: ...

    def rest(self) -> list[Packet[Any]]: ...


def sound_tracks(reading: VideoReader, result: OutputContainer) -> dict[int, SoundTrack]:
    """For each of the source's sound tracks, by its index, one of the result.

    One that nobody here can decode is left out, and it is told.
    """
    tracks: dict[int, SoundTrack] = {}
    for source in reading.film.streams.audio:
        context = source.codec_context
        if context is None or not (context.sample_rate and context.channels):
            reading.warn(f"A sound track of {reading.name} cannot be decoded and is left out.")
        elif (kind := context.codec.canonical_name) in PLAYED.get(result.format.name, ()):
            tracks[source.index] = _Copied(result.add_stream_from_template(source))
        else:
            reading.warn(
                f"The sound of {reading.name} ({kind}) is encoded anew as AAC: "
                f"players do not play it in {result.format.name.upper()}."
            )
            tracks[source.index] = _Encoded(source, result)
    return tracks


class _Copied:
    """Packets as they are."""

    def __init__(self, stream: AudioStream) -> None:
        self._stream = stream

    def heard(self, packet: Packet[Any]) -> list[Packet[Any]]:
        packet.stream = self._stream
        return [packet]

    def rest(self) -> list[Packet[Any]]:
        return []


class _Encoded:
    """Sound encoded as AAC. Where a piece is missing there is silence, so that it stays in time."""

    def __init__(self, source: AudioStream, result: OutputContainer) -> None:
        context = source.codec_context
        self._decoder = context
        self._rate = _rate(context.sample_rate)
        self._layout = "mono" if context.channels == 1 else "stereo"
        self._stream = result.add_stream("aac", rate=self._rate, layout=self._layout)
        self._stream.bit_rate = _BITS_PER_CHANNEL * self._stream.codec_context.channels
        self._graph: Graph | None = None
        self._form: tuple[str, int, str] | None = None

    def heard(self, packet: Packet[Any]) -> list[Packet[Any]]:
        try:
            frames = self._decoder.decode(packet)
        except av.FFmpegError:
            return []  # a torn packet is a moment of silence, as in a player
        return [coded for frame in frames for coded in self._encode(frame)]

    def rest(self) -> list[Packet[Any]]:
        coded: list[Packet[Any]] = []
        try:
            for frame in self._decoder.decode(None):
                coded += self._encode(frame)
        except (av.FFmpegError, ValueError):
            pass  # it was emptied already
        if self._graph is not None:
            self._graph.push(None)
            coded += self._coded(self._graph)
        return [*coded, *self._stream.encode(None)]

    def _encode(self, frame: AudioFrame) -> list[Packet[Any]]:
        coded: list[Packet[Any]] = []
        form = (frame.format.name, frame.sample_rate, frame.layout.name)
        if self._graph is not None and form != self._form:
            self._graph.push(None)
            coded += self._coded(self._graph)
            self._graph = None
        if self._graph is None:
            self._graph, self._form = self._new_graph(frame), form
        self._graph.push(frame)
        return [*coded, *self._coded(self._graph)]

    def _coded(self, graph: Graph) -> list[Packet[Any]]:
        return [packet for frame in _pulled(graph) for packet in self._stream.encode(frame)]

    def _new_graph(self, frame: AudioFrame) -> Graph:
        graph = Graph()
        first = graph.add_abuffer(
            sample_rate=frame.sample_rate,
            format=frame.format,
            layout=frame.layout,
            time_base=frame.time_base,
        )
        in_time = graph.add("aresample", "async=1:min_hard_comp=0.05")
        form = f"sample_fmts=fltp:sample_rates={self._rate}:channel_layouts={self._layout}"
        shaped = graph.add("aformat", form)
        size = graph.add("asetnsamples", "n=1024:p=0")
        last = graph.add("abuffersink")
        graph.link_nodes(first, in_time, shaped, size, last).configure()
        return graph


def _pulled(graph: Graph) -> Iterator[AudioFrame]:
    while True:
        try:
            frame = graph.pull()
        except (NotYet, NoMore):
            return
        assert isinstance(frame, AudioFrame)  # noqa: S101, of a graph for sound
        yield frame


def _rate(sample_rate: int) -> int:
    """The nearest that AAC and players know, not lower unless it must be."""
    return next((rate for rate in _RATES if rate >= sample_rate), _RATES[-1])
