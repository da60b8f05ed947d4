"""The one question behind every vote: may this person vote on this item now?"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from curation.batches.access import find_item, require_live_lease, require_may_be_shown
from curation.batches.models import BatchItem
from curation.projects.models import User
from curation.subjects.gate import in_force
from curation.subjects.models import Consent


@dataclass(frozen=True, slots=True)
class Place:
    """Where a vote belongs."""

    item_id: int
    image_id: int
    batch_id: int
    lease_id: int
    leased_until: dt.datetime
    granted_until: dt.datetime


def require_place(item_id: int, volunteer: User) -> Place:
    """Where the volunteer's vote on the item belongs, if they may cast one now.

    Asks the database once whether all is well; only when it is not, finds out what is wrong.
    Raises NotFound, NotAssigned, BatchClosed, LeaseExpired or ConsentMissing.
    """
    now = timezone.now()
    row = _where_all_is_well(item_id, volunteer, now).first()
    if row is not None:
        return Place(item_id, *row)
    item = find_item(item_id)
    lease = require_live_lease(volunteer, item.batch)
    require_may_be_shown(item.batch.subject)
    return Place(
        item_id, item.image_id, item.batch_id, lease.pk, lease.leased_until, lease.granted_until
    )


def _where_all_is_well(
    item_id: int, volunteer: User, now: dt.datetime
) -> QuerySet[BatchItem, tuple[int, int, int, dt.datetime, dt.datetime]]:
    """The item's image, batch and lease, if every condition of a vote on it holds."""
    consent = Consent.objects.filter(
        in_force(now.date()), subject=OuterRef("batch__subject"), covers_curate=True
    )
    return BatchItem.objects.filter(
        Exists(consent),
        pk=item_id,
        image__purged_at=None,
        batch__closed_at=None,
        batch__assignments__volunteer=volunteer,
        batch__assignments__returned_at=None,
        batch__assignments__leased_until__gt=now,
        batch__subject__project__memberships__user=volunteer,
    ).values_list(
        "image_id",
        "batch_id",
        "batch__assignments__pk",
        "batch__assignments__leased_until",
        "batch__assignments__granted_until",
    )
