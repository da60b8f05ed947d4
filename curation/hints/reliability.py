"""Whether suspicions can be believed: how much of what was suspected so much was rejected."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from curation.vision.hints import CLASSES, KEEP, Examples, Softmax

FEWEST = 20
"""Decisions of fewer pictures say nothing."""
_NUM_BINS, _PARTS = 10, 5


@dataclass(frozen=True, slots=True)
class Bin:
    """Pictures that were suspected about as much."""

    suspicion: float
    """Mean, 0 to 1."""
    rejected: float
    """Share of them."""
    num: int

    def as_list(self) -> list[float]:
        """To be kept as JSON."""
        return [round(self.suspicion, 4), round(self.rejected, 4), self.num]

    @classmethod
    def from_list(cls, kept: list[float]) -> Self:
        return cls(kept[0], kept[1], int(kept[2]))


def reliability_of(
    own: Examples, pictures: NDArray[np.intp], fit: Callable[[Examples], Softmax]
) -> list[Bin]:
    """The bins of a subject's decided pictures, each judged by a fit that had not learnt from it.

    `pictures` (N,) says to which picture each example belongs. `fit` is given what may be learnt.
    Empty for fewer than `FEWEST` pictures.
    """
    each, first = np.unique(pictures, return_index=True)
    if len(each) < FEWEST:
        return []
    part = np.searchsorted(each, pictures) % _PARTS
    suspicion = np.zeros(len(pictures))
    for new in range(_PARTS):
        softmax = fit(own.taken(part != new))
        suspicion[part == new] = 1 - softmax(own.rows[part == new])[:, CLASSES.index(KEEP)]
    return bins_of(suspicion[first], own.answers[first] != CLASSES.index(KEEP))


def bins_of(suspicion: NDArray[np.float64], rejected: NDArray[np.bool_]) -> list[Bin]:
    """Tenths of the suspicions (N,), and what share of each was rejected; without empty ones."""
    tenth = np.minimum((suspicion * _NUM_BINS).astype(int), _NUM_BINS - 1)
    return [
        Bin(float(suspicion[here].mean()), float(rejected[here].mean()), int(here.sum()))
        for number in range(_NUM_BINS)
        if (here := tenth == number).any()
    ]
