"""From a film's decoded frames to one known form: whole pictures, upright, in ordinary colours."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np
from av import VideoFrame
from av.error import BlockingIOError as NotYet
from av.error import EOFError as NoMore
from av.filter import Graph
from av.video.reformatter import (
    ColorPrimaries,
    ColorRange,
    Colorspace,
    ColorTrc,
    Interpolation,
    VideoReformatter,
)

from curation.vision.alignment import Rgb

RGB, UNSPECIFIED = 0, 2
HIGH_DEFINITION = 720
"""Lines from which on colours that say nothing of themselves are BT.709, below BT.601."""
_WIDE_TRANSFERS = {ColorTrc.SMPTE2084, ColorTrc.ARIB_STD_B67}
"""PQ and HLG."""
_WIDE_PRIMARIES = {ColorPrimaries.BT2020, ColorPrimaries.SMPTE431, ColorPrimaries.SMPTE432}
EXACT = (
    Interpolation.BICUBIC
    | Interpolation.ACCURATE_RND
    | Interpolation.FULL_CHR_H_INT
    | Interpolation.BITEXACT
)
"""Slower than what is usual, true to the last bit, and the same on every processor."""


@dataclass(frozen=True, slots=True)
class Colours:
    """How the colours of a picture are coded, in the numbers of ITU-T H.273."""

    matrix: int
    reach: int
    primaries: int
    transfer: int


_ORDINARY = Colours(Colorspace.ITU709, ColorRange.MPEG, ColorPrimaries.BT709, ColorTrc.BT709)


def known_colours(frame: VideoFrame) -> Colours:
    """How colours are coded once a frame is in the known form: as before, but BT.709 where they
    were of high dynamic range or of more colours than screens show.
    """
    if is_wide(frame):
        return _ORDINARY
    return Colours(frame.colorspace, frame.color_range, frame.color_primaries, frame.color_trc)


def is_wide(frame: VideoFrame) -> bool:
    """Whether its colours must be mapped to be seen as they are meant on an ordinary screen."""
    return frame.color_trc in _WIDE_TRANSFERS or frame.color_primaries in _WIDE_PRIMARIES


def colour_matrix(frame: VideoFrame) -> int:
    """How its colours are coded; where that is not noted, as players take it: by its height."""
    if frame.colorspace not in {RGB, UNSPECIFIED}:
        return frame.colorspace
    return Colorspace.ITU709 if frame.height >= HIGH_DEFINITION else Colorspace.ITU601


def quarter_turns(frame: VideoFrame) -> int:
    """Counter-clockwise."""
    return round(frame.rotation / 90)


@dataclass(slots=True)
class Painter:
    """Makes upright pixels of frames. For one thread: it keeps the tables that map colours, which
    take seconds to make for each size.
    """

    how: Interpolation = Interpolation.BICUBIC
    maps_colours: bool = True
    """Otherwise high dynamic range comes out dull, but at once."""
    _reformatter: VideoReformatter = field(default_factory=VideoReformatter)

    def upright(self, frame: VideoFrame, *, pixel_aspect: Fraction = Fraction(1)) -> Rgb:
        """(H, W, 3) in sRGB. Pixels that are wider or higher than they are long become square when
        `pixel_aspect`, width by height, is given. Phones film sideways and note it; here the
        picture itself is turned.
        """
        return self._painted(frame, *_squared(frame, pixel_aspect))

    def small(
        self, frame: VideoFrame, *, longest_side: int, pixel_aspect: Fraction = Fraction(1)
    ) -> tuple[Rgb, float]:
        """A copy that is no longer than that, and its size by that of the whole."""
        width, height = _squared(frame, pixel_aspect)
        scale = min(1.0, longest_side / max(width, height))
        rgb = self._painted(frame, max(1, round(width * scale)), max(1, round(height * scale)))
        return rgb, scale

    def _painted(self, frame: VideoFrame, width: int, height: int) -> Rgb:
        pixels = self._in_rgb(frame, width, height).to_ndarray().astype(np.uint8, copy=False)
        turned = np.rot90(pixels, quarter_turns(frame))
        return turned if turned.flags.c_contiguous and turned.flags.writeable else turned.copy()

    def _in_rgb(self, frame: VideoFrame, width: int, height: int) -> VideoFrame:
        if not (self.maps_colours and is_wide(frame)):
            return self._reformatter.reformat(
                frame,
                width,
                height,
                "rgb24",
                src_colorspace=colour_matrix(frame),
                interpolation=self.how,
            )
        _complete(frame)
        return self._reformatter.reformat(
            frame,
            width,
            height,
            "rgb24",
            dst_colorspace=_ORDINARY.matrix,
            dst_color_trc=_ORDINARY.transfer,
            dst_color_primaries=_ORDINARY.primaries,
        )


def _complete(frame: VideoFrame) -> None:
    """Say what a frame of wide colours leaves open; it cannot be mapped otherwise."""
    if frame.color_trc == ColorTrc.UNSPECIFIED:
        frame.color_trc = ColorTrc.BT709
    if frame.color_primaries == ColorPrimaries.UNSPECIFIED:
        frame.color_primaries = ColorPrimaries.BT2020
    if frame.colorspace == UNSPECIFIED:
        frame.colorspace = Colorspace.BT2020


def _squared(frame: VideoFrame, pixel_aspect: Fraction) -> tuple[int, int]:
    """The longer way: no line is thrown away."""
    if pixel_aspect >= 1:
        return round(frame.width * pixel_aspect), frame.height
    return frame.width, round(frame.height / pixel_aspect)


@dataclass(slots=True)
class Deinterlacer:
    """Makes whole pictures of frames that hold two half pictures of two moments.

    Nothing is done before the first such frame. From then on frames come out one later.
    """

    _graph: Graph | None = None
    _form: tuple[int, int, str] | None = None

    def through(self, frame: VideoFrame) -> Iterator[VideoFrame]:
        """The frames that are ready once `frame` was added."""
        form = (frame.width, frame.height, frame.format.name)
        if self._graph is not None and form != self._form:
            yield from self.rest()
        if self._graph is None:
            if not frame.interlaced_frame:
                yield frame
                return
            self._graph, self._form = _graph(frame), form
        self._graph.push(frame)
        yield from self._ready()

    def rest(self) -> Iterator[VideoFrame]:
        """What is left after the last frame."""
        if self._graph is None:
            return
        self._graph.push(None)
        yield from self._ready()
        self._graph = None

    def _ready(self) -> Iterator[VideoFrame]:
        assert self._graph is not None  # noqa: S101, asked only once there is one
        while True:
            try:
                frame = self._graph.pull()
            except (NotYet, NoMore):
                return
            assert isinstance(frame, VideoFrame)  # noqa: S101, of a graph for pictures
            yield frame


def _graph(frame: VideoFrame) -> Graph:
    """Bob Weaver's filter, for the frames that say that they are of two moments."""
    graph = Graph()
    first = graph.add_buffer(
        width=frame.width, height=frame.height, format=frame.format, time_base=frame.time_base
    )
    middle = graph.add("bwdif", "mode=send_frame:parity=auto:deint=interlaced")
    last = graph.add("buffersink")
    first.link_to(middle)
    middle.link_to(last)
    graph.configure()
    return graph
