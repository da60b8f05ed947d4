"""What a set of pictures covers and what it lacks. Pure: counts in, findings out.

All thresholds stand here. They are an editor's, not measured ones: a face-swap model draws what it
has seen often and guesses the rest.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from curation.images.spreads import BRIGHTNESS, EYES, MOUTH, PITCH, SPREADS, YAW, Spread

WANTED = 500
"""A set of fewer pictures is thin; 500 to 5,000 are wanted of a person."""
FEW, FEW_SHARE = 20, 0.02
"""A side, a light or an expression has few pictures below both so many and this share of all."""
IN_THE_DARK = 30
"""A side with so many pictures, of which none is dark, lacks dark ones if others have them."""
LARGE_SHARE = 1 / 3
"""From this share on, soft or small faces set how fine the result is."""
ONE_SOURCE = 0.8
"""From this share on, one source sets light, camera and make-up of nearly all."""
OTHER_HAS, OTHER_SHARE = 5, 0.005
"""What another set has in a pose and light counts from both so many and this share of it on."""
TENTH = 0.1
"""This set covers it with a tenth of the share that the other has; with FEW whatever that is."""


class Lack(StrEnum):
    """What can be wrong with a set. The words for each are the page's."""

    THIN = "thin"
    SIDE = "side"
    SIDE_IN_THE_DARK = "side_in_the_dark"
    NOD = "nod"
    LIGHT = "light"
    MOUTH = "mouth"
    EYES = "eyes"
    SOFT = "soft"
    SMALL = "small"
    ONE_SOURCE = "one_source"


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One thing that is missing, or too much of."""

    lack: Lack
    ranges: Mapping[str, str]
    """By the key of a spread, the range that it is about: what the grid filters by."""
    num: int
    """How many pictures there are of it."""
    without: Mapping[str, str] | None = None
    """A range of which those few have none at all."""


@dataclass(frozen=True, slots=True, eq=False)
class Coverage:
    """How many pictures are in each combination of ranges."""

    cells: NDArray[np.int64]
    """An axis for each of SPREADS, as long as it has names and one more for what is unknown."""

    @property
    def total(self) -> int:
        return int(self.cells.sum())

    def num(self, **ranges: str) -> int:
        """How many pictures are in all of these ranges: `num(yaw="front", brightness="dark")`."""
        where = tuple(
            spread.names.index(ranges[spread.key]) if spread.key in ranges else slice(None)
            for spread in SPREADS
        )
        return int(self.cells[where].sum())

    def by(self, *spreads: Spread) -> NDArray[np.int64]:
        """The counts by these spreads alone, an axis for each in this order; the last place of each
        axis is of what is unknown."""
        kept = [SPREADS.index(spread) for spread in spreads]
        others = tuple(n for n in range(len(SPREADS)) if n not in kept)
        counted = self.cells.sum(axis=others)
        order = np.argsort(np.argsort(kept))
        return np.asarray(np.transpose(counted, order), np.int64)

    @property
    def num_without_face(self) -> int:
        """Those of which no turn is known: nobody has looked, or no face was found."""
        return int(self.by(YAW)[-1])


def is_few(num: int, total: int) -> bool:
    """Whether a set of `total` has too few of something."""
    return num < FEW and num < FEW_SHARE * max(total, WANTED)


def findings(coverage: Coverage, by_source: Mapping[int, int]) -> list[Finding]:
    """What the set lacks, the gravest first. `by_source` counts its pictures by source."""
    total = coverage.total
    found = []
    if total < WANTED:
        found.append(Finding(lack=Lack.THIN, ranges={}, num=total))
    if total:
        found += _sides(coverage)
        found += _too_few(coverage, Lack.NOD, PITCH, ("down", "up"))
        found += _too_few(coverage, Lack.LIGHT, BRIGHTNESS, ("dark", "bright"))
        found += _too_few(coverage, Lack.MOUTH, MOUTH, ("open",))
        found += _too_few(coverage, Lack.EYES, EYES, ("shut",))
        found += _too_many(coverage, Lack.SOFT, sharpness="soft")
        found += _too_many(coverage, Lack.SMALL, face_size="under_128")
        most = max(by_source.values(), default=0)
        if len(by_source) == 1 or most >= ONE_SOURCE * total:
            found.append(Finding(lack=Lack.ONE_SOURCE, ranges={}, num=most))
    return found


def _sides(coverage: Coverage) -> Iterable[Finding]:
    """Sides that are hardly there, and those that are there but never in the dark."""
    dark = {BRIGHTNESS.key: "dark"}
    for side in YAW.names:
        num = coverage.num(yaw=side)
        has_dark = coverage.num(yaw=side, brightness="dark") > 0
        if is_few(num, coverage.total):
            without = None if has_dark or not num else dark
            yield Finding(lack=Lack.SIDE, ranges={YAW.key: side}, num=num, without=without)
        elif num >= IN_THE_DARK and not has_dark and coverage.num(brightness="dark"):
            yield Finding(lack=Lack.SIDE_IN_THE_DARK, ranges={YAW.key: side, **dark}, num=0)


def _too_few(
    coverage: Coverage, lack: Lack, spread: Spread, names: Iterable[str]
) -> Iterable[Finding]:
    for name in names:
        num = coverage.num(**{spread.key: name})
        if is_few(num, coverage.total):
            yield Finding(lack=lack, ranges={spread.key: name}, num=num)


def _too_many(coverage: Coverage, lack: Lack, **ranges: str) -> Iterable[Finding]:
    num = coverage.num(**ranges)
    if num >= LARGE_SHARE * coverage.total:
        yield Finding(lack=lack, ranges=ranges, num=num)


@dataclass(frozen=True, kw_only=True, slots=True)
class Wish:
    """A pose in a light that another set has and this one lacks."""

    ranges: Mapping[str, str]
    num: int
    """Pictures of it in this set."""
    num_there: int
    """And in the other."""


def wishes(coverage: Coverage, other: Coverage) -> list[Wish]:
    """What of the other's poses and lights this set does not cover, what it shows most first.

    A swap draws one person in the poses and lights of the other: what it never saw it makes up.
    """
    shape = YAW, PITCH, BRIGHTNESS
    here, there = coverage.by(*shape), other.by(*shape)
    total, total_there = max(coverage.total, 1), max(other.total, 1)
    found = []
    for place in np.ndindex(*(len(spread.names) for spread in shape)):
        num, num_there = int(here[place]), int(there[place])
        share_there = num_there / total_there
        if num_there < OTHER_HAS or share_there < OTHER_SHARE or num >= FEW:
            continue
        if num == 0 or num / total < TENTH * share_there:
            ranges = {spread.key: spread.names[n] for spread, n in zip(shape, place, strict=True)}
            found.append(Wish(ranges=ranges, num=num, num_there=num_there))
    return sorted(found, key=lambda wish: -wish.num_there)
