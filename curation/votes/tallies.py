"""Votes counted: one image's in Python, many images' by the database, in one number each.

Counting the votes of every image of a large subject takes too long for a page, so each image's
count is kept beside its votes, written under the lock that a change of votes holds anyway.
docs/adr/0012-one-tally-row-an-image.md has the figures.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Any

from django.db import connection
from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from curation.images.models import Image
from curation.manual.verdicts import Verdict
from curation.subjects.models import Subject
from curation.votes.models import ImageTally, Vote
from curation.votes.voting_rule import DECIDING_VOTES, MOST_VOTES, Tally, votes_wanted

TALLY = "packed_tally"
"""The column that `with_tallies` adds."""

_KEEP, _REJECT, _UNSURE = 1, 100, 10_000
"""What a vote of each kind adds to a packed tally: two digits for each kind."""


def tally_of(verdicts: list[str]) -> Tally:
    """Count the verdicts on one image."""
    return Tally(
        keep=verdicts.count(Verdict.KEEP),
        reject=verdicts.count(Verdict.REJECT),
        unsure=verdicts.count(Verdict.UNSURE),
    )


def packed(tally: Tally) -> int:
    """The tally as the one number that is stored and grouped by."""
    return _KEEP * tally.keep + _REJECT * tally.reject + _UNSURE * tally.unsure


def unpacked(number: int) -> Tally:
    """The tally that a number stands for."""
    return Tally(
        keep=number % _REJECT, reject=number % _UNSURE // _REJECT, unsure=number // _UNSURE
    )


def numbers_that_want(num: int) -> list[int]:
    """Each packed tally of an image of which exactly `num` further votes are wanted."""
    counts = range(MOST_VOTES + 1)
    tallies = (
        Tally(keep=keep, reject=reject, unsure=unsure)
        for keep, reject, unsure in product(counts, repeat=3)
    )
    return sorted(packed(tally) for tally in tallies if votes_wanted(tally) == num)


def numbers_that_want_any() -> list[int]:
    """Each packed tally of an image that waits for a vote."""
    return [number for num in range(1, DECIDING_VOTES + 1) for number in numbers_that_want(num)]


def numbers_that_occur(subject: Subject) -> list[int]:
    """Each packed tally that an image of the subject has. One query.

    There are few, and each is looked up behind the one before it in their index: to read them all
    in search of others takes 30 ms at 200,000 images.
    """
    with connection.cursor() as cursor:
        cursor.execute(_NUMBERS, (subject.pk, subject.pk))
        return [number for (number,) in cursor.fetchall()]


def with_tallies(rows: QuerySet[Any], *, image: str = "") -> QuerySet[Any]:
    """Add the packed tally of a row's image; `image` is the column that points to it, if the row
    is none."""
    packed: F | Subquery = F("tally__packed")
    if image:  # by the id that the row has: a join would go by way of the images
        packed = Subquery(ImageTally.objects.filter(image=OuterRef(image)).values("packed"))
    counted: QuerySet[Any] = rows.annotate(**{TALLY: Coalesce(packed, 0)})
    return counted


def recount(images: QuerySet[Image]) -> None:
    """Count the votes of `images` and keep it, in one statement.

    Call it in the transaction that changed the votes, behind the lock of the image: then nobody
    ever sees votes that are not counted.
    """
    which, parameters = images.order_by().values("pk").query.sql_with_params()
    _recount(which, parameters)


def recount_image(image_id: int) -> None:
    """The same for one image."""
    _recount("%s", (image_id,))


def _recount(which: str, parameters: Sequence[Any]) -> None:
    # Written out: Django knows neither INSERT … SELECT nor how to leave equal rows alone.
    with connection.cursor() as cursor:
        cursor.execute(_RECOUNT.format(which=which), parameters)


PACKED_VOTES = f"""COALESCE((
        SELECT SUM(CASE vote.verdict
            WHEN '{Verdict.KEEP.value}' THEN {_KEEP}
            WHEN '{Verdict.REJECT.value}' THEN {_REJECT}
            ELSE {_UNSURE} END)
        FROM {Vote._meta.db_table} vote WHERE vote.image_id = image.id
    ), 0)"""  # noqa: S608, tables and weights of our own
"""The votes on `image`, a table of the query around it, counted and packed."""

_NUMBERS = f"""
    WITH RECURSIVE occurring (packed) AS (
        SELECT MIN(packed) FROM {ImageTally._meta.db_table} WHERE subject_id = %s
        UNION ALL
        SELECT (
            SELECT MIN(tally.packed) FROM {ImageTally._meta.db_table} tally
            WHERE tally.subject_id = %s AND tally.packed > occurring.packed
        )
        FROM occurring WHERE occurring.packed IS NOT NULL
    )
    SELECT packed FROM occurring WHERE packed IS NOT NULL
"""  # noqa: S608, tables of our own

_RECOUNT = f"""
    INSERT INTO {ImageTally._meta.db_table} (image_id, subject_id, packed)
    SELECT image.id, image.subject_id, {PACKED_VOTES}
    FROM {Image._meta.db_table} image WHERE image.id IN ({{which}})
    ON CONFLICT (image_id) DO UPDATE SET packed = excluded.packed
    WHERE {ImageTally._meta.db_table}.packed <> excluded.packed
"""  # noqa: S608, tables and weights of our own
