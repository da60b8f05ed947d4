"""Audio of the kept frames, copied packet by packet."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from av import Packet

from curation.vision.video.reader import packet_length, packet_start


@dataclass(slots=True)
class Piece:
    """A kept stretch of the video, in seconds of the source."""

    start: Fraction | None
    """None: from the very beginning, even what sounds before the first frame."""
    gone: Fraction
    """Dropped time before it."""
    end: Fraction | None = None
    """None while it is open."""

    def holds(self, moment: Fraction) -> bool:
        begun = self.start is None or self.start <= moment
        return begun and (self.end is None or moment < self.end)


@dataclass(slots=True)
class KeptSound:
    """Selects the audio packets of kept frames and shifts their time stamps.

    Packets stay whole: at each cut the sound begins and ends within half a packet of the picture
    (AAC at 48 kHz: 11 ms). Where nothing is dropped every packet stays as it is.
    """

    pieces: list[Piece] = field(default_factory=list)
    _waiting: list[Packet[Any]] = field(default_factory=list)
    _ends: dict[int, tuple[Piece, Fraction]] = field(default_factory=dict)
    """Of each track: the piece its last packet belongs to, and when that ends in the result."""
    _late: dict[int, Fraction] = field(default_factory=dict)
    """Audio delay of each track in its current piece."""

    @property
    def gone(self) -> Fraction:
        """Dropped time before the current piece."""
        return self.pieces[-1].gone if self.pieces else Fraction(0)

    def show(self, moment: Fraction) -> None:
        """Note a kept frame that is shown from `moment` on."""
        if not self.pieces:
            self.pieces.append(Piece(None, Fraction(0)))
        last = self.pieces[-1]
        if last.end is not None:
            self.pieces.append(Piece(moment, last.gone + moment - last.end))

    def drop(self, moment: Fraction) -> None:
        """Note a dropped frame that would have been shown from `moment` on."""
        if not self.pieces:
            self.pieces.append(Piece(moment, Fraction(0), end=moment))
        elif self.pieces[-1].end is None:
            self.pieces[-1].end = moment

    def hear(self, packets: list[Packet[Any]], *, until: Fraction | None) -> list[Packet[Any]]:
        """The packets to write now; those later than `until` are held back."""
        ready: list[Packet[Any]] = []
        waiting: list[Packet[Any]] = []
        for packet in self._waiting + packets:
            middle = packet_start(packet) + packet_length(packet) / 2
            if until is not None and middle >= until:
                waiting.append(packet)
                continue
            piece = next((each for each in self.pieces if each.holds(middle)), None)
            if piece is not None and self._move(packet, piece):
                ready.append(packet)
        self._waiting = waiting
        return ready

    def _move(self, packet: Packet[Any], piece: Piece) -> bool:
        """Shift a packet to its piece's time in the result; False if it does not fit."""
        track, length, start = (
            packet.stream.index,
            packet_length(packet),
            packet_start(packet) - piece.gone,
        )
        before, end = self._ends.get(track, (piece, start))
        if before is not piece:
            overlap = end - start
            if overlap > length / 2:
                return False
            self._late[track] = max(overlap, Fraction(0))
        late = self._late.get(track, Fraction(0))
        self._ends[track] = (piece, start + late + length)
        if piece.gone or late:
            steps = round((piece.gone - late) / packet.time_base)
            packet.pts = None if packet.pts is None else packet.pts - steps
            packet.dts = None if packet.dts is None else packet.dts - steps
        return True
