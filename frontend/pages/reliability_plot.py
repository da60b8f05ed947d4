"""The reliability of a subject's hints as a drawing: where its lines and dots are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from curation.hints.reliability import Bin

SIDE = 240
"""Of the square that both scales span, in the drawing's own units."""
LEFT, TOP, RIGHT, BOTTOM = 44, 10, 14, 44
_SMALLEST, _LARGEST = 3.5, 11.0


@dataclass(frozen=True, slots=True)
class Dot:
    """One bin, where it is drawn."""

    x: float
    y: float
    radius: float
    """Its area goes with the number of pictures."""
    percent_suspected: int
    percent_rejected: int
    num: int

    @property
    def suspected(self) -> str:
        return f"{self.percent_suspected}%"

    @property
    def rejected(self) -> str:
        return f"{self.percent_rejected}%"


@dataclass(frozen=True, slots=True)
class Tick:
    """A tenth or a quarter of a scale."""

    percent: int
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Plot:
    """Suspicion to the right, what was rejected upwards."""

    dots: tuple[Dot, ...]
    ticks: tuple[Tick, ...]
    width: int = LEFT + SIDE + RIGHT
    height: int = TOP + SIDE + BOTTOM
    left: int = LEFT
    top: int = TOP
    right: int = LEFT + SIDE
    bottom: int = TOP + SIDE

    @property
    def telling(self) -> Dot:
        """The dot to explain the drawing by: of much suspicion and many pictures."""
        much = [dot for dot in self.dots if dot.percent_suspected >= 50]
        return max(much or self.dots, key=lambda dot: dot.num)


def plot_of(bins: Sequence[Bin]) -> Plot | None:
    """The drawing; None where too little is decided to draw any."""
    if not bins:
        return None
    most = max(each.num for each in bins)
    return Plot(
        dots=tuple(_dot(each, most) for each in bins),
        ticks=tuple(
            Tick(percent, _x(percent / 100), _y(percent / 100)) for percent in range(0, 101, 25)
        ),
    )


def _dot(of: Bin, most: int) -> Dot:
    radius = max(_SMALLEST, _LARGEST * (of.num / most) ** 0.5)
    return Dot(
        x=_x(of.suspicion),
        y=_y(of.rejected),
        radius=round(radius, 1),
        percent_suspected=round(of.suspicion * 100),
        percent_rejected=round(of.rejected * 100),
        num=of.num,
    )


def _x(share: float) -> float:
    return round(LEFT + share * SIDE, 1)


def _y(share: float) -> float:
    return round(TOP + (1 - share) * SIDE, 1)
