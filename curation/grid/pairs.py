"""Nearly equal pictures, for the database to put together: each by the earliest that it is like."""

from __future__ import annotations

from django.db.models import QuerySet

from curation.batches.models import BatchItem
from curation.grid.sql import DISTINCT, NEAR, Part, image_in, none_of
from curation.subjects.models import Subject


def alike_to(subject: Subject, hidden: QuerySet[BatchItem, int]) -> Part:
    """Whether the image of `m` is nearly the same as a `hidden` one, whatever people said since:
    what is suspected of it may be older than that."""
    first, second = image_in(hidden, "p.first_id"), image_in(hidden, "p.second_id")
    return Part(
        f"m.image_id IN (SELECT p.second_id FROM {NEAR} p"  # noqa: S608, our tables
        f" WHERE p.subject_id = %s AND {first.sql} UNION ALL"
        f" SELECT p.first_id FROM {NEAR} p WHERE p.subject_id = %s AND {second.sql})",
        (subject.pk, *first.parameters, subject.pk, *second.parameters),
    )


def joined_pairs(subject: Subject, hidden: QuerySet[BatchItem, int] | None) -> Part:
    """A join of `d`: `d.earliest` is the id of the earliest image that `m` is nearly the same as.

    That two are alike is a hint on both: pairs with a `hidden` image are left out, and so are those
    that people said are distinct.
    """
    pairs = Part(
        f"p.subject_id = %s AND NOT EXISTS (SELECT 1 FROM {DISTINCT} q"  # noqa: S608, our tables
        " WHERE q.first_id = p.first_id AND q.second_id = p.second_id)",
        (subject.pk,),
    )
    for column in ("p.first_id", "p.second_id") if hidden is not None else ():
        seen = none_of(image_in(hidden, column))  # type: ignore[arg-type]  # there is one
        pairs = Part(f"{pairs.sql} AND {seen.sql}", (*pairs.parameters, *seen.parameters))
    return Part(
        f"""
        LEFT JOIN (
            SELECT e.image_id, MIN(e.earliest) AS earliest FROM (
                SELECT p.second_id AS image_id, p.first_id AS earliest
                FROM {NEAR} p WHERE {pairs.sql}
                UNION ALL
                SELECT p.first_id, p.first_id FROM {NEAR} p WHERE {pairs.sql}
            ) e GROUP BY e.image_id
        ) d ON d.image_id = m.image_id
        """,  # noqa: S608, our tables
        (*pairs.parameters, *pairs.parameters),
    )
