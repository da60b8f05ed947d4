"""Votes counted: one image's in Python, many images' by the database."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from curation.votes.models import Verdict, Vote
from curation.votes.voting_rule import Tally

TALLY = ("num_keep", "num_reject", "num_unsure")
"""The columns that `with_tallies` adds."""


def tally_of(verdicts: list[str]) -> Tally:
    """Count the verdicts on one image."""
    return Tally(
        keep=verdicts.count(Verdict.KEEP),
        reject=verdicts.count(Verdict.REJECT),
        unsure=verdicts.count(Verdict.UNSURE),
    )


def with_tallies(rows: QuerySet[Any], *, image: str = "pk") -> QuerySet[Any]:
    """Add how many votes of each kind an image has, `image` being the path to it from a row.

    Subqueries, not joins: they can be grouped by, so that whole subjects are summed up in SQL.
    """
    counted: QuerySet[Any] = rows.annotate(
        num_keep=_num_votes(Verdict.KEEP, image),
        num_reject=_num_votes(Verdict.REJECT, image),
        num_unsure=_num_votes(Verdict.UNSURE, image),
    )
    return counted


def tally_from(row: Mapping[str, Any]) -> Tally:
    """The tally in a row of `values(...)` that has the columns of `with_tallies`."""
    return Tally(keep=row["num_keep"], reject=row["num_reject"], unsure=row["num_unsure"])


def _num_votes(verdict: Verdict, image: str) -> Coalesce:
    votes = (
        Vote.objects.filter(image=OuterRef(image), verdict=verdict)
        .order_by()
        .values("image")
        .annotate(num=Count("pk"))
        .values("num")
    )
    return Coalesce(Subquery(votes, output_field=IntegerField()), 0)
