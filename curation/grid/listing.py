"""One listing: a subject's pictures in one order, those that fit the filters, for one viewer.

It is read by keys: `places` gives the key of every 200th picture, `window` the pictures between
two of them, `position_of` where a number stands. So any place of 200,000 is as near as the first.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from django.db import connection
from django.db.models import QuerySet
from numpy.typing import NDArray

from curation.batches.models import BatchItem
from curation.grid.filters import FILTERS, Chosen
from curation.grid.pairs import alike_to, joined_pairs
from curation.grid.sorts import NUMBER, Sort
from curation.grid.sql import (
    IMAGES,
    MEASURES,
    NEVER,
    Part,
    all_of,
    image_in,
    none_of,
)
from curation.grid.states import Narrowed, StateConditions, hidden_from
from curation.images.models import Image, Measures
from curation.images.selectors import images_of
from curation.images.spreads import Spread
from curation.projects.models import User
from curation.subjects.models import Subject

EVERY = 200
"""So many pictures are in a window."""

_OF_COPIES = ("suspicion", "suspected")
_TOLD_TO_ALL = [
    column
    for column in (str(field.column) for field in Measures._meta.concrete_fields)
    if column.removesuffix("_alone") not in _OF_COPIES
]

_PRESENT = f"""NOT EXISTS (
    SELECT 1 FROM {IMAGES} p
    WHERE p.id = m.image_id AND p.subject_id = %s AND p.purged_at IS NOT NULL
)"""  # noqa: S608, our tables


@dataclass(frozen=True, slots=True)
class Place:
    """Where a picture stands in an order: its value there, and its number among equals."""

    value: float | None
    number: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Places:
    """How many pictures are listed, and the place of the first one of each window."""

    total: int
    places: tuple[Place, ...]


@dataclass(frozen=True, kw_only=True)
class Listing:
    """What somebody asked to see. Each read is one query after two at most of what may be seen."""

    subject: Subject
    viewer: User
    sort: Sort = NUMBER
    is_descending: bool = False
    chosen: Chosen

    def ids(self) -> list[int]:
        """The ids of all that are listed, in no order."""
        return [pk for (pk,) in self._read("SELECT m.image_id")]

    def num_by_suspicion(self) -> dict[str, int]:
        """How many are listed of each reason that the machine would name first."""
        rows = self._read("SELECT m.suspected, COUNT(*)", after=Part("GROUP BY m.suspected"))
        return dict(rows)

    def num_by_ranges(self, spreads: Sequence[Spread]) -> NDArray[np.int64]:
        """How many are listed of each combination of ranges.

        An axis for each of the spreads, as long as it has names and one more for those of which
        nothing was measured. Grouped by one number, which is quicker than by several.
        """
        cells = np.zeros([len(spread.names) + 1 for spread in spreads], np.int64)
        place = Part("0")
        for spread in spreads:
            own = _place_in(spread)
            sql = f"({place.sql}) * {len(spread.names) + 1} + {own.sql}"
            place = Part(sql, (*place.parameters, *own.parameters))
        rows = self._read(
            f"SELECT {place.sql}, COUNT(*)", before=place.parameters, after=Part("GROUP BY 1")
        )
        for at, num in rows:
            cells.flat[at] = num
        return cells

    def places(self) -> Places:
        """Where the windows begin."""
        # The last row of all is read as well: it tells how many there are.
        inner = self._query(
            f"SELECT {self._key.sql} AS sort_key, m.number AS number,"
            f" ROW_NUMBER() OVER (ORDER BY {self._order}) AS position,"
            f" LEAD(m.number) OVER (ORDER BY {self._order}) AS following",
            before=(*self._key.parameters, *self._key.parameters, *self._key.parameters),
        )
        listed = _all(
            Part(
                f"SELECT sort_key, number, position FROM ({inner.sql}) listed"  # noqa: S608, our columns
                f" WHERE position %% {EVERY} = 1 OR following IS NULL ORDER BY position",
                inner.parameters,
            )
        )
        return Places(
            total=listed[-1][2] if listed else 0,
            places=tuple(Place(value, number) for value, number, row in listed if row % EVERY == 1),
        )

    def window(self, start: Place | None, end: Place | None) -> list[int]:
        """The ids of the images from `start` to before `end`, in order, at most a window's."""
        wanted = [self._from(start)] if start else []
        wanted += [none_of(self._from(end))] if end else []
        rows = self._read(
            "SELECT m.image_id",
            wanted,
            after=Part(f"ORDER BY {self._order} LIMIT {EVERY}", self._key.parameters),
        )
        return [pk for (pk,) in rows]

    def position_of(self, number: int) -> int | None:
        """How many are before the image with that number; None where it is not listed."""
        own = self._read(
            f"SELECT {self._key.sql}",
            [Part("m.number = %s", (number,))],
            before=self._key.parameters,
        )
        if not own:
            return None
        place = Place(own[0][0], number)
        before: int = self._read("SELECT COUNT(*)", [none_of(self._from(place))])[0][0]
        return before

    @cached_property
    def _hidden_ids(self) -> QuerySet[BatchItem, int] | None:
        return hidden_from(self.viewer, self.subject)

    @cached_property
    def _hidden(self) -> Part:
        return NEVER if self._hidden_ids is None else image_in(self._hidden_ids)

    @cached_property
    def _measures(self) -> Part:
        """The rows of measures as the viewer may know them: what is suspected of a picture tells of
        its better copy too, which may be hidden."""
        if self._hidden_ids is None:
            return Part(f"FROM {MEASURES} m")
        alike = alike_to(self.subject, self._hidden_ids)
        columns = ", ".join(f"m.{column}" for column in _TOLD_TO_ALL)
        shown = "".join(
            f", CASE WHEN {alike.sql} THEN m.{column}_alone ELSE m.{column} END AS {column}"
            for column in _OF_COPIES
        )
        return Part(
            f"FROM (SELECT {columns}{shown} FROM {MEASURES} m WHERE m.subject_id = %s) m",  # noqa: S608, our tables
            (*alike.parameters * len(_OF_COPIES), self.subject.pk),
        )

    @cached_property
    def _tables(self) -> Part:
        """The row of measures, and what order and filters ask besides."""
        filters = [FILTERS[key] for key in self.chosen]
        tables = self._measures
        if self.sort.of_pairs or any(each.of_pairs for each in filters):
            pairs = joined_pairs(self.subject, self._hidden_ids)
            tables = Part(tables.sql + pairs.sql, (*tables.parameters, *pairs.parameters))
        for n, each in enumerate(self._narrowed):
            if each.images:
                joined = f" JOIN ({each.images.sql}) n{n} ON n{n}.image_id = m.image_id"
                tables = Part(tables.sql + joined, (*tables.parameters, *each.images.parameters))
        return tables

    @cached_property
    def _where(self) -> Part:
        """What the filters and the blindfold say."""
        subject = self.subject.pk
        parts = [Part("m.subject_id = %s", (subject,)), Part(_PRESENT, (subject,))]
        filters = [(FILTERS[key], value) for key, value in self.chosen.items()]
        parts += [each.condition(value) for each, value in filters if each.condition]
        if any(each.is_blind for each, _value in filters) and self._hidden is not NEVER:
            parts.append(none_of(self._hidden))
        parts += [condition for each in self._narrowed for condition in each.conditions]
        return all_of(parts)

    @cached_property
    def _narrowed(self) -> list[Narrowed]:
        """What the filters say that ask what became of pictures."""
        filters = [(FILTERS[key].of_states, value) for key, value in self.chosen.items()]
        if not any(of_states for of_states, _value in filters):
            return []
        states = StateConditions.of(self.subject, self._hidden)
        return [of_states(value, states) for of_states, value in filters if of_states]

    @cached_property
    def _key(self) -> Part:
        if not self.sort.is_hint or self._hidden is NEVER:
            return Part(self.sort.expression)
        hidden = self._hidden
        shown = f"CASE WHEN {hidden.sql} THEN NULL ELSE {self.sort.expression} END"
        return Part(shown, hidden.parameters)

    @property
    def _order(self) -> str:
        way = "DESC" if self.is_descending else "ASC"
        if self.sort is NUMBER:
            return f"m.number {way}"
        return f"{self._key.sql} {way} NULLS LAST, m.number"

    def _from(self, place: Place) -> Part:
        """The condition on rows at that place or after it."""
        further = "<" if self.is_descending else ">"
        if self.sort is NUMBER:
            return Part(f"m.number {further}= %s", (place.number,))
        key, values = self._key.sql, self._key.parameters
        if place.value is None:
            return Part(f"({key} IS NULL AND m.number >= %s)", (*values, place.number))
        return Part(
            f"({key} IS NULL OR {key} {further} %s OR ({key} = %s AND m.number >= %s))",
            (*values, *values, place.value, *values, place.value, place.number),
        )

    def _query(
        self,
        select: str,
        wanted: Collection[Part] = (),
        *,
        before: tuple[Any, ...] = (),
        after: Part = Part(""),  # noqa: B008, frozen
    ) -> Part:
        """`before` are the parameters of `select`, `after` what follows the conditions."""
        where = all_of([self._where, *wanted])
        return Part(
            f"{select} {self._tables.sql} WHERE {where.sql} {after.sql}",
            (*before, *self._tables.parameters, *where.parameters, *after.parameters),
        )

    def _read(self, select: str, wanted: Collection[Part] = (), **more: Any) -> list[Any]:
        return _all(self._query(select, wanted, **more))


def _place_in(spread: Spread) -> Part:
    """The place of the range that the row's value is in; the last is of no value."""
    column = f"m.{spread.key}"
    whens = " ".join(f"WHEN {column} < %s THEN {n}" for n, _edge in enumerate(spread.edges))
    last = len(spread.edges)
    sql = f"CASE {whens} WHEN {column} IS NOT NULL THEN {last} ELSE {last + 1} END"
    return Part(sql, spread.edges)


def _all(query: Part) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(query.sql, query.parameters)
        rows: list[Any] = cursor.fetchall()
        return rows


def numbered(subject: Subject, numbers: Collection[int]) -> QuerySet[Image]:
    """The subject's images with these numbers."""
    return images_of(subject).order_by().filter(number__in=numbers)
