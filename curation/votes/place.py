"""The one question behind every vote: may this person vote on this item now?"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cache

from django.db import connection
from django.utils import timezone

from curation.batches.access import find_item, require_lease_to_judge, require_may_be_shown
from curation.batches.extend_lease import GRACE
from curation.errors import NotFound
from curation.manual.models import FIRST_NUMBER
from curation.projects.days import DAY_IN_SQL
from curation.projects.models import Rule, User
from curation.votes.tallies import UNHEARD, unpacked
from curation.votes.voting_rule import Tally


@dataclass(frozen=True, kw_only=True, slots=True)
class VotePlace:
    """Where a vote belongs, and what it finds there."""

    item_id: int
    image_id: int
    sha256: str
    """Of the image's bytes."""
    project_id: int
    rule: Rule
    """By which votes decide here."""
    batch_id: int
    batch_number: int
    lease_id: int
    leased_until: dt.datetime
    granted_until: dt.datetime
    is_late: bool
    """Whether the lease has ended, no longer than the grace time ago."""
    num_expected: int
    """If it has: how many others who hold the batch have yet to vote on the image."""
    tally: Tally
    """All current votes on the image."""
    has_voted: bool
    """Whether one of them is the volunteer's."""
    had_as_gold: bool
    """Whether the volunteer ever answered the image as gold."""
    manual_version: int
    """The number of the project's manual that pictures are judged by now."""


# Written out: Django took 3 of a vote's 8 ms of CPU to put these joins together, each time anew.
# `test_place.py` holds it against the single checks in every state of things.
_WHERE_ALL_IS_WELL = """
    SELECT lease.id, lease.batch_id, batch.number, lease.leased_until, lease.granted_until,
        lease.leased_until <= %(now)s,
        CASE WHEN lease.leased_until <= %(now)s THEN (
            SELECT COUNT(*) FROM batches_assignment other
            JOIN projects_membership at_it ON at_it.project_id = subject.project_id
                AND at_it.user_id = other.volunteer_id
            WHERE other.batch_id = batch.id
                AND other.volunteer_id <> lease.volunteer_id
                AND other.returned_at IS NULL
                AND other.leased_until > %(now)s
                AND NOT EXISTS (
                    SELECT 1 FROM votes_vote theirs
                    WHERE theirs.image_id = image.id
                        AND theirs.volunteer_id = other.volunteer_id
                )
                AND NOT EXISTS (
                    SELECT 1 FROM gold_goldanswerevent known
                    WHERE known.image_id = image.id AND known.person_id = other.volunteer_id
                )
        ) ELSE 0 END,
        image.id, image.sha256, project.id, project.rule,
        COALESCE(
            (SELECT tally.packed FROM votes_imagetally tally WHERE tally.image_id = image.id),
            CASE project.rule WHEN '{weighted}' THEN {unheard} ELSE 0 END
        ),
        EXISTS (
            SELECT 1 FROM votes_vote mine
            WHERE mine.image_id = image.id AND mine.volunteer_id = lease.volunteer_id
        ),
        EXISTS (
            SELECT 1 FROM gold_goldanswerevent answer
            WHERE answer.image_id = image.id AND answer.person_id = lease.volunteer_id
        ),
        COALESCE(
            (
                SELECT MAX(manual.number) FROM manual_manualversion manual
                WHERE manual.project_id = subject.project_id
            ),
            {first_manual}
        )
    FROM batches_batchitem item
    JOIN images_image image ON image.id = item.image_id AND image.purged_at IS NULL
    JOIN batches_batch batch ON batch.id = item.batch_id AND batch.closed_at IS NULL
    JOIN subjects_subject subject ON subject.id = batch.subject_id
    JOIN projects_project project ON project.id = subject.project_id
    JOIN batches_assignment lease ON lease.batch_id = batch.id
        AND lease.volunteer_id = %(volunteer)s
        AND lease.returned_at IS NULL
        AND lease.leased_until > %(grace)s
    JOIN projects_membership member ON member.project_id = subject.project_id
        AND member.user_id = lease.volunteer_id
    WHERE item.id = %(item)s AND EXISTS (
        SELECT 1 FROM subjects_consent consent
        WHERE consent.subject_id = subject.id
            AND consent.covers_curate
            AND consent.withdrawn_at IS NULL
            AND consent.valid_from <= {today}
            AND (consent.valid_until IS NULL OR consent.valid_until >= {today})
    )
"""


def require_place(item_id: int, volunteer: User) -> VotePlace:
    """Where the volunteer's vote on the item belongs, if they may cast one now.

    Asks the database once whether all is well; only when it is not, finds out what is wrong.
    Raises NotFound, NotAssigned, BatchClosed, LeaseExpired or ConsentMissing.
    """
    place = _place(item_id, volunteer)
    if place is None:
        _require_each(item_id, volunteer)
        # All is well after all: what was missing, such as the day, came between the questions.
        place = _place(item_id, volunteer)
    if place is None:
        raise NotFound
    return place


def _require_each(item_id: int, volunteer: User) -> None:
    """Raise what is wrong."""
    item = find_item(item_id)
    require_lease_to_judge(volunteer, item.batch)
    require_may_be_shown(item.batch.subject)


def _place(item_id: int, volunteer: User) -> VotePlace | None:
    """The place if all is well. One query."""
    now = timezone.now()
    asked = {
        "item": item_id,
        "volunteer": volunteer.pk,
        "now": connection.ops.adapt_datetimefield_value(now),
        "grace": connection.ops.adapt_datetimefield_value(now - GRACE),
    }
    with connection.cursor() as cursor:
        cursor.execute(_question(connection.vendor), asked)
        row = cursor.fetchone()
    if row is None:
        return None
    lease, batch, number, until, granted, is_late, expected, *more = row
    image, sha256, project, rule, votes, *more = more
    has_voted, had_as_gold, manual = more
    return VotePlace(
        item_id=item_id,
        image_id=image,
        sha256=sha256,
        project_id=project,
        rule=Rule(rule),
        batch_id=batch,
        batch_number=number,
        lease_id=lease,
        leased_until=_in_utc(until),
        granted_until=_in_utc(granted),
        is_late=bool(is_late),
        num_expected=expected,
        tally=unpacked(votes),
        has_voted=bool(has_voted),
        had_as_gold=bool(had_as_gold),
        manual_version=manual,
    )


@cache
def _question(vendor: str) -> str:
    today = DAY_IN_SQL[vendor].format(moment="%(now)s", zone="project.time_zone")
    return _WHERE_ALL_IS_WELL.format(
        today=today, first_manual=FIRST_NUMBER, weighted=Rule.WEIGHTED.value, unheard=UNHEARD
    )


def _in_utc(moment: dt.datetime) -> dt.datetime:
    """SQLite stores moments in UTC and does not say so."""
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
