"""Which of a container's picture tracks is the film."""

from __future__ import annotations

from av.container import InputContainer
from av.stream import Disposition
from av.video.stream import VideoStream

_STILLS = Disposition.attached_pic | Disposition.still_image | Disposition.timed_thumbnails
"""Covers and thumbnails are picture tracks too, and may come first."""


def film_track(film: InputContainer) -> VideoStream | None:
    """The track with the moving pictures, the largest if there are several; None if there is none.

    A track of one picture is taken only where there is no other.
    """
    tracks = [
        track
        for track in film.streams.video
        if track.codec_context is not None and not track.disposition & _STILLS
    ]
    return max(tracks, key=_rank, default=None)


def _rank(track: VideoStream) -> tuple[bool, int, bool, int]:
    context = track.codec_context
    is_default = bool(track.disposition & Disposition.default)
    return track.frames != 1, context.width * context.height, is_default, -track.index
