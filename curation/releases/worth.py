"""Which contested pictures are worth an organiser's time first."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from django.db.models import QuerySet
from numpy.typing import NDArray

from curation.consensus.selectors import images_with
from curation.grid.listing import Listing
from curation.grid.states import State
from curation.images.models import Image
from curation.images.spreads import BRIGHTNESS, PITCH, YAW, Spread
from curation.projects.models import User
from curation.subjects.models import Subject
from curation.votes.tallies import TALLY, unpacked, with_tallies
from curation.votes.voting_rule import Outcome, Tally

SEEN_BY = (YAW, PITCH, BRIGHTNESS)
_COLUMNS = tuple(f"measures__{spread.key}" for spread in SEEN_BY)
Worth = tuple[int, int, int]
"""Sorts what is worth most first."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Waiting:
    """The contested pictures of a subject, that which is worth most first."""

    numbers: list[int]
    num_before: int
    """How many of them come before the picture that was asked about."""

    @property
    def before(self) -> list[int]:
        return self.numbers[: self.num_before]

    @property
    def behind(self) -> list[int]:
        """With the picture itself, where it waits too."""
        return self.numbers[self.num_before :]


def worth(cell: int, tally: Tally, number: int) -> Worth:
    """Pure. `cell` is how many pictures of the same pose and light are kept.

    First what the set has least of, told in doublings so that one ruling more does not change the
    order; then where opinions are most evenly divided; then by number.
    """
    return int(cell).bit_length(), abs(tally.keep - tally.reject), number


def waiting_by_worth(subject: Subject, viewer: User, *, beside: int | None = None) -> Waiting:
    """What waits for a ruling, and where in it the picture with the number `beside` stands.

    That one need not wait itself. At most six queries.
    """
    rows = _rows_of(
        Image.objects.filter(pk__in=images_with(subject, Outcome.CONTESTED).values("pk"))
    )
    at = {} if beside is None else _rows_of(Image.objects.filter(subject=subject, number=beside))
    kept = Listing(subject=subject, viewer=viewer, chosen={"state": State.KEPT})
    cells = kept.num_by_ranges(SEEN_BY) if rows else np.zeros(0, np.int64)
    order = sorted(_worth_of(number, row, cells) for number, row in rows.items())
    here = [_worth_of(number, row, cells) for number, row in at.items()] if rows else []
    return Waiting(
        numbers=[number for _cell, _split, number in order],
        num_before=sum(each < here[0] for each in order) if here else 0,
    )


Row = tuple[int, tuple[float | None, ...]]


def _rows_of(images: QuerySet[Image]) -> dict[int, Row]:
    """By number, the packed tally and what was measured."""
    columns = with_tallies(images).order_by().values_list("number", TALLY, *_COLUMNS)
    return {number: (packed, tuple(measured)) for number, packed, *measured in columns}


def _worth_of(number: int, row: Row, cells: NDArray[np.int64]) -> Worth:
    packed, measured = row
    place = tuple(_place_in(spread, value) for spread, value in zip(SEEN_BY, measured, strict=True))
    return worth(cells[place], unpacked(packed), number)


def _place_in(spread: Spread, value: float | None) -> int:
    """The place behind all others where nothing was measured, as in the counts."""
    place = spread.place_of(value)
    return len(spread.names) if place is None else place
