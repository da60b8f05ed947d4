"""The one question behind every vote: may this person vote on this item now?"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import connection
from django.utils import timezone

from curation.batches.access import find_item, require_live_lease, require_may_be_shown
from curation.batches.models import Assignment
from curation.projects.days import DAY_IN_SQL
from curation.projects.models import User


@dataclass(frozen=True, kw_only=True, slots=True)
class VotePlace:
    """Where a vote belongs."""

    item_id: int
    image_id: int
    sha256: str
    """Of the image's bytes."""
    batch_id: int
    lease_id: int
    leased_until: dt.datetime
    granted_until: dt.datetime


# Written out: Django took 3 of a vote's 8 ms of CPU to put these joins together, each time anew.
# `test_place.py` holds it against the single checks in every state of things.
_LEASE_WHERE_ALL_IS_WELL = """
    SELECT lease.id, lease.batch_id, lease.leased_until, lease.granted_until, item.image_id,
        image.sha256
    FROM batches_batchitem item
    JOIN images_image image ON image.id = item.image_id AND image.purged_at IS NULL
    JOIN batches_batch batch ON batch.id = item.batch_id AND batch.closed_at IS NULL
    JOIN subjects_subject subject ON subject.id = batch.subject_id
    JOIN projects_project project ON project.id = subject.project_id
    JOIN batches_assignment lease ON lease.batch_id = batch.id
        AND lease.volunteer_id = %(volunteer)s
        AND lease.returned_at IS NULL
        AND lease.leased_until > %(now)s
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
    asked = {"item": item_id, "volunteer": volunteer.pk, "now": timezone.now()}
    today = DAY_IN_SQL[connection.vendor].format(moment="%(now)s", zone="project.time_zone")
    for lease in Assignment.objects.raw(_LEASE_WHERE_ALL_IS_WELL.format(today=today), asked):
        # Columns of the query's own.
        image_id, sha256 = lease.image_id, lease.sha256  # type: ignore[attr-defined]
        return _place(item_id, image_id, sha256, lease)
    item = find_item(item_id)
    lease = require_live_lease(volunteer, item.batch)
    require_may_be_shown(item.batch.subject)
    return _place(item_id, item.image_id, item.image.sha256, lease)


def _place(item_id: int, image_id: int, sha256: str, lease: Assignment) -> VotePlace:
    return VotePlace(
        item_id=item_id,
        image_id=image_id,
        sha256=sha256,
        batch_id=lease.batch_id,
        lease_id=lease.pk,
        leased_until=lease.leased_until,
        granted_until=lease.granted_until,
    )
