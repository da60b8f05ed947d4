"""How far people agree beyond what chance would give, with intervals. Pure.

J. L. Fleiss, "Measuring nominal scale agreement among many raters", Psychological Bulletin 76
(1971), where the raters of a picture are whoever they are; J. Cohen, "A coefficient of agreement
for nominal scales", Educational and Psychological Measurement 20 (1960), of two raters who are told
apart. Intervals by the jackknife over pictures (R. G. Miller, "The jackknife: a review", Biometrika
61, 1974): for both the same, and without a formula of its own for each.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Statistic = Callable[[Numbers], Numbers]

FEWEST = 20
"""Of fewer pictures nothing is said."""
_Z = 1.96


@dataclass(frozen=True, slots=True)
class Kappa:
    """1 is full agreement, 0 what chance gives, with the bounds of the 95 % interval."""

    value: float
    low: float
    high: float
    num: int
    """Pictures."""


def fleiss(yes: NDArray[np.int_], num: NDArray[np.int_]) -> Kappa | None:
    """Of pictures (N,) that `num` people judged, two at least, and of whom `yes` said yes.

    None of fewer than `FEWEST` pictures, and where all say the same of all: then chance alone
    would give that as well. Raises ValueError where the numbers do not fit.
    """
    if yes.shape != num.shape or np.any(num < 2) or np.any(yes > num) or np.any(yes < 0):
        raise ValueError("each picture was judged by two at least, and no more said yes than that")
    no = num - yes
    agreed = (yes * (yes - 1) + no * (no - 1)) / (num * (num - 1))
    return _jackknifed(
        np.column_stack([agreed, np.ones(len(num)), yes, num]).astype(float),
        np.ones(len(num)),
        _fleiss_of,
    )


def cohen(one: NDArray[np.bool_], other: NDArray[np.bool_]) -> Kappa | None:
    """Of pictures (N,) that two have judged: who said yes. None as for `fleiss`."""
    cells = np.array([(a, b) for a in (False, True) for b in (False, True)])
    weights = np.array([np.count_nonzero((one == a) & (other == b)) for a, b in cells], float)
    same = cells[:, 0] == cells[:, 1]
    return _jackknifed(
        np.column_stack([same, np.ones(4), cells[:, 0], cells[:, 1]]).astype(float),
        weights,
        _cohen_of,
    )


def _fleiss_of(sums: Numbers) -> Numbers:
    """From sums (…, 4) over pictures: agreed shares, pictures, yes, votes."""
    agreed, pictures, yes, votes = np.moveaxis(sums, -1, 0)
    share = yes / votes
    return _beyond(agreed / pictures, share**2 + (1 - share) ** 2)


def _cohen_of(sums: Numbers) -> Numbers:
    """From sums (…, 4): the same, pictures, yes of the one, yes of the other."""
    same, pictures, one, other = np.moveaxis(sums, -1, 0)
    first, second = one / pictures, other / pictures
    return _beyond(same / pictures, first * second + (1 - first) * (1 - second))


def _beyond(observed: Numbers, by_chance: Numbers) -> Numbers:
    room = 1 - by_chance
    certain = room < 1e-12
    return np.where(certain, np.nan, (observed - by_chance) / np.where(certain, 1, room))


def _jackknifed(rows: Numbers, weights: Numbers, statistic: Statistic) -> Kappa | None:
    """A statistic of the sums of `rows` (K, 4), each of `weights` (K,) pictures."""
    num = int(weights.sum())
    if num < FEWEST:
        return None
    total = weights @ rows
    value = float(statistic(total))
    if np.isnan(value):
        return None
    present = weights > 0
    without = statistic(total - rows[present])
    # Without one picture all may have said the same: then it was the only one that could tell.
    without = np.where(np.isnan(without), value, without)
    mean = np.average(without, weights=weights[present])
    spread = weights[present] @ (without - mean) ** 2
    half = _Z * float(np.sqrt((num - 1) / num * spread))
    return Kappa(value, max(-1.0, value - half), min(1.0, value + half), num)
