"""Conditions in SQL, put together by hand: the listing is the one query that reads everything.

Django would join each table through that of the images, which is three times as wide as all that
is asked for (docs/adr/0017-one-row-of-measures-an-image.md). Values travel as parameters only.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from curation.batches.models import BatchItem
from curation.consensus.models import Ruling
from curation.duplicates.models import DistinctPair, NearPair
from curation.gold.models import Gold
from curation.images.models import Image, Measures
from curation.manual.models import ManualReason, ManualVersion
from curation.sources.models import Provenance
from curation.votes.models import ImageTally, Vote

(
    IMAGES,
    MEASURES,
    ITEMS,
    TALLIES,
    RULINGS,
    VOTES,
    PROVENANCES,
    NEAR,
    DISTINCT,
    GOLD,
    REASONS,
    MANUALS,
) = (
    model._meta.db_table
    for model in (
        Image,
        Measures,
        BatchItem,
        ImageTally,
        Ruling,
        Vote,
        Provenance,
        NearPair,
        DistinctPair,
        Gold,
        ManualReason,
        ManualVersion,
    )
)


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a query, and what its %s stand for."""

    sql: str
    parameters: tuple[Any, ...] = ()


NEVER = Part("1 = 0")


def all_of(parts: Iterable[Part]) -> Part:
    """All conditions together; there is at least one."""
    return _joined(" AND ", parts)


def any_of(parts: Iterable[Part]) -> Part:
    """At least one of the conditions; there is at least one."""
    return _joined(" OR ", parts)


def none_of(part: Part) -> Part:
    """Not the condition."""
    return Part(f"NOT ({part.sql})", part.parameters)


def image_in(rows: QuerySet[Any, Any], column: str = "m.image_id") -> Part:
    """The image's id is one of `rows`, which are ids."""
    sql, parameters = rows.query.sql_with_params()
    return Part(f"{column} IN ({sql})", tuple(parameters))


def numbers_in(column: str, numbers: Iterable[int]) -> Part:
    """The column has one of these values of our own."""
    values = ", ".join(str(int(number)) for number in sorted(numbers))
    return Part(f"{column} IN ({values})") if values else NEVER


def _joined(word: str, parts: Iterable[Part]) -> Part:
    given = tuple(parts)
    return Part(
        "(" + word.join(part.sql for part in given) + ")",
        tuple(each for part in given for each in part.parameters),
    )
