"""One clock for a film's pictures and sound, that goes only forward.

Recordings begin at any hour, and where two were joined their time jumps. Here a film begins at
zero and goes on after a jump where it was, its pictures and its sound together.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from av import Packet
from av.container import InputContainer

_LATE = Fraction(1)
"""A film whose first picture or sound comes later, in seconds, began its clock before itself."""
_BACK, _AHEAD = Fraction(1, 10), Fraction(10)
"""Steps beyond these, in seconds, are jumps of the clock. Films of other kinds than recordings may
hold a picture for any time, so there only steps back are jumps."""
_RECORDINGS = {"mpegts", "mpeg", "mpegtsraw"}
"""Formats whose clock begins anywhere and may jump."""
_MICROSECOND = Fraction(1, 1_000_000)


@dataclass(slots=True)
class _Track:
    """How far a track is."""

    num_joints: int = 0
    """The jumps of the clock that it has passed."""
    last: Fraction | None = None
    end: Fraction = Fraction(0)


@dataclass(slots=True)
class FilmClock:
    """Moves packets to the film's own time, in the order in which they are read."""

    shifts: list[Fraction]
    """What is added to the time that is written: first, and after each jump."""
    may_skip: bool
    """Whether a long step ahead is a jump too."""
    _tracks: dict[int, _Track] = field(default_factory=dict)

    @classmethod
    def of(cls, film: InputContainer) -> FilmClock:
        start = (film.start_time or 0) * _MICROSECOND
        is_recording = film.format.name in _RECORDINGS
        return cls([-start if is_recording or start > _LATE else Fraction(0)], is_recording)

    def move(self, packet: Packet[Any]) -> bool:
        """Move a packet's stamps; False for sound that would come before what was heard already."""
        if not packet.time_base or (packet.dts is None and packet.pts is None):
            return True
        base = Fraction(packet.time_base)
        track = self._tracks.setdefault(packet.stream.index, _Track())
        if packet.dts is None:
            _add(self.shifts[track.num_joints], packet, base)
            return True
        written, length = packet.dts * base, (packet.duration or 0) * base
        shift = self._shift(track, written)
        moment = written + shift
        in_order = track.last is None or moment > track.last
        if in_order:
            track.last = moment
        track.end = max(track.end, moment + length)
        _add(shift, packet, base)
        return in_order or packet.stream.type != "audio"

    def _shift(self, track: _Track, written: Fraction) -> Fraction:
        shift = self.shifts[track.num_joints]
        if track.last is None or self._goes_on(track, written + shift):
            return shift
        # Another track may have passed this jump already: what belongs together stays together.
        for number in range(track.num_joints + 1, len(self.shifts)):
            if self._goes_on(track, written + self.shifts[number]):
                track.num_joints = number
                return self.shifts[number]
        self.shifts.append(track.end - written)
        track.num_joints = len(self.shifts) - 1
        return self.shifts[-1]

    def _goes_on(self, track: _Track, moment: Fraction) -> bool:
        assert track.last is not None  # noqa: S101, asked only of a track that has begun
        return track.last - _BACK <= moment and not (self.may_skip and moment > track.end + _AHEAD)


def _add(shift: Fraction, packet: Packet[Any], base: Fraction) -> None:
    steps = round(shift / base)
    if steps:
        packet.dts = None if packet.dts is None else packet.dts + steps
        packet.pts = None if packet.pts is None else packet.pts + steps


def length_of(film: InputContainer) -> Fraction:
    """How long the container says that the film lasts, in seconds; 0 when it does not say."""
    length, start = (film.duration or 0) * _MICROSECOND, (film.start_time or 0) * _MICROSECOND
    # Matroska notes when it ends on its own clock, others how long it is.
    counts_from_zero = "matroska" in film.format.name and start > _LATE
    return max(length - start, Fraction(0)) if counts_from_zero else length
