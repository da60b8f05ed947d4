"""Reads: what a subject's pictures have come to so far, as the table that people know a set by."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection
from django.db.models import Exists, OuterRef

from curation.consensus.kinds import num_of_each_kind
from curation.grid.sql import IMAGES, NEVER, RULINGS, VOTES, all_of, image_in
from curation.grid.states import State, StateConditions, hidden_from
from curation.manual.reasons import Reason
from curation.manual.verdicts import Verdict
from curation.projects.models import User
from curation.subjects.models import Subject
from curation.votes.models import Vote


def rejected_by_reason(subject: Subject, viewer: User) -> list[tuple[Reason, int]]:
    """How many rejected pictures each reason was named for, by their rulings, else by their votes.

    The most frequent first, as the grid's filter finds them. One picture counts for each of its
    reasons; what the viewer has yet to judge for none. Three queries.
    """
    hidden_ids = hidden_from(viewer, subject)
    hidden = NEVER if hidden_ids is None else image_in(hidden_ids)
    narrowed = StateConditions.of(subject, hidden).decided_as(State.REJECTED)
    assert narrowed.images is not None, "a decided state is a query of its own"  # noqa: S101, types
    images = narrowed.images
    where = all_of(narrowed.conditions) if narrowed.conditions else None
    named = ", ".join("MAX(CASE WHEN codes LIKE %s THEN 1 ELSE 0 END)" for _reason in Reason)
    columns = ", ".join(f"r{n}" for n, _reason in enumerate(Reason))
    sums = ", ".join(f"COALESCE(SUM(r{n}), 0)" for n, _reason in enumerate(Reason))
    said = (
        f"SELECT m.image_id, m.reason_codes AS codes FROM ("  # noqa: S608, our tables
        f"SELECT v.image_id, v.reason_codes, v.verdict FROM {VOTES} v"
        f" WHERE NOT EXISTS (SELECT 1 FROM {RULINGS} w WHERE w.image_id = v.image_id)"
        f" UNION ALL SELECT image_id, reason_codes, verdict FROM {RULINGS}) m"
        f" JOIN ({images.sql}) n ON n.image_id = m.image_id"
        f" JOIN {IMAGES} p ON p.id = m.image_id AND p.subject_id = %s AND p.purged_at IS NULL"
        f" WHERE m.verdict = %s{f' AND {where.sql}' if where else ''}"
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH named(image_id, {columns}) AS (SELECT image_id, {named} FROM ({said}) s"  # noqa: S608
            f" GROUP BY image_id) SELECT {sums} FROM named",
            (
                *(f"%{reason.value}%" for reason in Reason),
                *images.parameters,
                subject.pk,
                Verdict.REJECT.value,
                *(where.parameters if where else ()),
            ),
        )
        counts = cursor.fetchone()
    found = [(reason, int(num)) for reason, num in zip(Reason, counts, strict=True) if num]
    return sorted(found, key=lambda row: -row[1])


@dataclass(frozen=True, kw_only=True, slots=True)
class Spent:
    """What it took."""

    num_votes: int
    num_judged: int
    """Pictures with a vote."""

    @property
    def votes_a_picture(self) -> float:
        return self.num_votes / max(self.num_judged, 1)


def votes_spent(subject: Subject) -> Spent:
    """How many votes were given on how many pictures. One query."""
    kinds = num_of_each_kind([subject.pk])
    each = [
        (kind.tally.keep + kind.tally.reject + kind.tally.unsure, num)
        for kind, num in kinds.items()
    ]
    return Spent(
        num_votes=sum(votes * num for votes, num in each),
        num_judged=sum(num for votes, num in each if votes),
    )


def people_to_thank(subject: Subject) -> list[str]:
    """The names of all whose votes on the subject's pictures stand. One query."""
    theirs = Vote.objects.filter(volunteer=OuterRef("pk"), image__subject=subject)
    members = User.objects.filter(Exists(theirs)).order_by("username")
    return list(members.values_list("username", flat=True))
