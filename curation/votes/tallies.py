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
from django.db.models import Case, F, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from curation.images.models import Image, Measures
from curation.manual.verdicts import Verdict
from curation.projects.models import Rule
from curation.subjects.models import Subject
from curation.vision.hints import HINTS_VERSION
from curation.votes.aggregation.stopping import STOPPING
from curation.votes.models import ImageTally, Vote
from curation.votes.voting_rule import (
    DECIDING_VOTES,
    MOST_VOTES,
    Outcome,
    Tally,
    Weighed,
    votes_wanted,
)
from curation.votes.weighing import FROZEN_NEAR, FROZEN_SCORE, keep_weights, scales_of, weighed

AT_ONCE, IDS_AT_ONCE = 5000, 500
"""Images that are looked for, and that are counted anew, in one statement."""
TALLY = "packed_tally"
"""The column that `with_tallies` adds."""

_NO_TALLY = Value(0)

_KEEP, _REJECT, _UNSURE = 1, 100, 10_000
"""What a vote of each kind adds to a packed tally: two digits for each kind."""
_STANDING = 1_000_000
"""Of the digits before them: 0 where two equal votes decide; else how many votes are wanted, and
behind these numbers what was decided by their weight."""
_WANTED_AT_ONCE = STOPPING.full_votes
_STANDINGS = {
    **{num: Weighed(Outcome.PENDING, num) for num in range(1, _WANTED_AT_ONCE + 1)},
    _WANTED_AT_ONCE + 1: Weighed(Outcome.KEPT),
    _WANTED_AT_ONCE + 2: Weighed(Outcome.REJECTED),
    _WANTED_AT_ONCE + 3: Weighed(Outcome.CONTESTED),
}
_STANDS = {standing: number for number, standing in _STANDINGS.items()}

UNHEARD = _STANDING * _STANDS[Weighed(Outcome.PENDING, 1)]
"""The packed tally of an image that nobody voted on, where votes count by their weight."""
MOST_WANTED = max(DECIDING_VOTES, _WANTED_AT_ONCE)
"""No image asks for more votes at once, whatever the rule."""


def tally_of(verdicts: list[str]) -> Tally:
    """Count the verdicts on one image."""
    return Tally(
        keep=verdicts.count(Verdict.KEEP),
        reject=verdicts.count(Verdict.REJECT),
        unsure=verdicts.count(Verdict.UNSURE),
    )


def packed(tally: Tally) -> int:
    """The tally as the one number that is stored and grouped by."""
    counted = _KEEP * tally.keep + _REJECT * tally.reject + _UNSURE * tally.unsure
    return counted if tally.weighed is None else _STANDING * _STANDS[tally.weighed] + counted


def unpacked(number: int) -> Tally:
    """The tally that a number stands for."""
    standing, counted = divmod(number, _STANDING)
    return Tally(
        keep=counted % _REJECT,
        reject=counted % _UNSURE // _REJECT,
        unsure=counted // _UNSURE,
        weighed=_STANDINGS[standing] if standing else None,
    )


def numbers_that_want(num: int) -> list[int]:
    """Each packed tally of an image of which exactly `num` further votes are wanted."""
    counts = range(MOST_VOTES + 1)
    plain = (Tally(*said) for said in product(counts, counts, counts))
    numbers = [packed(tally) for tally in plain if votes_wanted(tally) == num]
    if num in _STANDINGS and _STANDINGS[num].num_wanted == num:
        numbers += [_STANDING * num + packed(Tally(*said)) for said in _pending_by_weight(num)]
    return sorted(numbers)


def _pending_by_weight(num: int) -> list[tuple[int, int, int]]:
    """What may have been said of an image of which so many votes more are wanted by their weight.

    More than one are wanted only until the full votes are there.
    """
    most = STOPPING.most_votes - 1
    counts = range(most + 1)
    all_said = product(counts, counts, counts)
    full = _WANTED_AT_ONCE - num
    return [said for said in all_said if (sum(said) == full if num > 1 else sum(said) <= most)]


def numbers_that_want_any() -> list[int]:
    """Each packed tally of an image that waits for a vote."""
    return [number for num in range(1, MOST_WANTED + 1) for number in numbers_that_want(num)]


def numbers_that_occur(subject: Subject) -> list[int]:
    """Each packed tally that an image of the subject has. One query.

    There are few, and each is looked up behind the one before it in their index: to read them all
    in search of others takes 30 ms at 200,000 images.
    """
    with connection.cursor() as cursor:
        cursor.execute(_NUMBERS, (subject.pk, subject.pk))
        return [number for (number,) in cursor.fetchall()]


def unheard(project: str) -> Case:
    """The packed tally of an image that nobody voted on, where `project` leads to its project.

    By weight one vote is asked for first, also of an image that will get its full votes.
    """
    by_weight = When(**{f"{project}__rule": Rule.WEIGHTED}, then=Value(UNHEARD))
    return Case(by_weight, default=Value(0))


def with_tallies(
    rows: QuerySet[Any], *, image: str = "", default: Case | Value = _NO_TALLY
) -> QuerySet[Any]:
    """Add the packed tally of a row's image; `image` is the column that points to it, if the row
    is none.

    Where there is none yet it is `default`: 0 will do for all but how many votes are wanted.
    """
    packed: F | Subquery = F("tally__packed")
    if image:  # by the id that the row has: a join would go by way of the images
        packed = Subquery(ImageTally.objects.filter(image=OuterRef(image)).values("packed"))
    counted: QuerySet[Any] = rows.annotate(**{TALLY: Coalesce(packed, default)})
    return counted


def recount(images: QuerySet[Image]) -> None:
    """Count the votes of `images` and keep it, weighed where their project has it so.

    Call it in the transaction that changed the votes, behind the lock of the image: then nobody
    ever sees votes that are not counted.
    """
    of_plain = images.filter(subject__project__rule=Rule.PLAIN).order_by().values("pk")
    which, parameters = of_plain.query.sql_with_params()
    _recount(which, parameters, Rule.PLAIN)
    of_weighted = images.filter(subject__project__rule=Rule.WEIGHTED).order_by()
    recount_ids(list(of_weighted.values_list("pk", flat=True)), Rule.WEIGHTED)


def recount_ids(image_ids: Sequence[int], rule: Rule) -> None:
    """The same for images of one rule, by their ids: so that databases look these up, and do not
    read all votes for some of them."""
    for start in range(0, len(image_ids), IDS_AT_ONCE):
        some = image_ids[start : start + IDS_AT_ONCE]
        _recount(", ".join(str(int(pk)) for pk in some), (), rule)


def recount_subject(subject_id: int) -> None:
    """The same for all images of a subject that have a tally. Call it behind the subject's lock."""
    last = 0
    rule = rule_of(subject_id)
    while ids := next_tallied(subject_id, after=last, size=AT_ONCE):
        recount_ids(ids, rule)
        last = ids[-1]


def rule_of(subject_id: int) -> Rule:
    """By which a subject's votes decide now. One query."""
    return Rule(Subject.objects.values_list("project__rule", flat=True).get(pk=subject_id))


def next_tallied(subject_id: int, *, after: int, size: int) -> list[int]:
    """The ids of the next images that have a tally, in their order, behind an id. One query."""
    tallied = ImageTally.objects.filter(subject=subject_id, image__gt=after).order_by("image_id")
    return list(tallied.values_list("image", flat=True)[:size])


def recount_image(image_id: int, rule: Rule) -> None:
    """The same for one image, by its project's rule: one statement, or two where votes weigh."""
    _recount("%s", (image_id,), rule)


def _recount(which: str, parameters: Sequence[Any], rule: Rule) -> None:
    if rule is Rule.WEIGHTED:
        found = ((scale, weighed(scale, votes)) for scale, votes in scales_of(which, parameters))
        keep_weights(
            (scale, packed(tally))
            for scale, tally in found
            if tally.total or scale.packed is not None
        )
        return
    # Written out: Django knows neither INSERT … SELECT nor how to leave equal rows alone.
    with connection.cursor() as cursor:
        cursor.execute(_RECOUNT.format(which=which), parameters)


_PACKED_VOTES = f"""COALESCE((
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
    INSERT INTO {ImageTally._meta.db_table}
        (image_id, subject_id, packed, keep_score, scored_by, look_alike_near)
    SELECT image.id, image.subject_id, {_PACKED_VOTES}, {FROZEN_SCORE},
        CASE WHEN measures.suspicion_alone IS NULL THEN 0 ELSE {HINTS_VERSION} END, {FROZEN_NEAR}
    FROM {Image._meta.db_table} image
    LEFT JOIN {Measures._meta.db_table} measures ON measures.image_id = image.id
    WHERE image.id IN ({{which}})
    ON CONFLICT (image_id) DO UPDATE SET packed = excluded.packed
    WHERE {ImageTally._meta.db_table}.packed <> excluded.packed
"""  # noqa: S608, tables and weights of our own
