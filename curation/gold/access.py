"""Fetch a gold picture that somebody was given, and check their right to it in one step."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection

from curation.batches.access import (
    access_picture,
    require_lease_to_judge,
    require_live_lease,
    require_may_be_shown,
)
from curation.batches.lock import hold_still
from curation.batches.models import Assignment
from curation.batches.selectors import workable_leases
from curation.duplicates.selectors import near_duplicates_of
from curation.errors import NotFound, Refused
from curation.gold.models import GoldItem, Kind
from curation.gold.selectors import given_items
from curation.images.models import Image
from curation.projects.models import Membership, Project, Role, User
from curation.projects.permissions import role_in


def is_measured(person: User, project: Project) -> bool:
    """Whether the person may be asked for answers to gold: organisers may see them. One query."""
    return role_in(person, project) == Role.VOLUNTEER


def measured_in(person: User, projects: Iterable[Project]) -> set[int]:
    """The keys of those projects in which the person `is_measured`. One query."""
    mine = Membership.objects.filter(
        user=person, user__is_active=True, role=Role.VOLUNTEER, project__in=projects
    )
    return set(mine.values_list("project", flat=True))


def is_gold_item(item_id: int) -> bool:
    """Whether the item, of all that can be judged, is gold. One query."""
    # Written out, as every vote asks it.
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM gold_golditem WHERE id = %s", (item_id,))
        return cursor.fetchone() is not None


def access_gold_item(item_id: int, person: User, kind: Kind) -> tuple[GoldItem, Assignment]:
    """What the person was given, and the live lease under which they judge it.

    Whoever has become an organiser since finishes their desk like everybody else. To hidden gold a
    late answer is let through, as a late vote is: `answer_gold` asks whether it is taken.
    Refuses in every state of things what it would refuse if the item were one of the batch.
    Raises NotFound, NotAssigned, BatchClosed, LeaseExpired or ConsentMissing.
    """
    item = given_items(kind).filter(pk=item_id).first()
    if item is None:
        raise NotFound
    batch = item.lease.batch
    if kind is Kind.HIDDEN:
        lease = require_lease_to_judge(person, batch)
    else:
        lease = require_live_lease(person, batch)
    if lease.pk != item.lease_id:
        raise NotFound
    require_may_be_shown(batch.subject)
    return item, lease


def access_shown_picture(user: User, subject_id: int, sha256: str) -> Image:
    """As `access_picture`, which also finds what the user was given as gold, and what is nearly the
    same as gold that is hidden on a desk of theirs.

    Raises NotFound, NotAllowed, NotAssigned, BatchClosed or LeaseExpired.
    """
    try:
        return access_picture(user, subject_id, sha256)
    except Refused:
        image = (
            Image.objects.select_related("subject__project")
            .filter(subject=subject_id, sha256=sha256, purged_at=None)
            .first()
        )
        if image is None:
            raise
        item = given_items().filter(person=user, image=image).first()
        if item is None:
            if not _lies_near_gold(user, image):
                raise
            return image
    require_live_lease(user, item.lease.batch)
    return image


def _lies_near_gold(user: User, image: Image) -> bool:
    """As `holds_near` asks of a batch's pictures. Two queries."""
    hidden = given_items(Kind.HIDDEN).filter(person=user, lease__in=workable_leases(user))
    return hidden.filter(image__in=near_duplicates_of(image)).exists()


# Written out: Django has no word for a shared lock. The subject's comes first, as in every act.
_HOLD_STILL = """
    SELECT 1
    FROM gold_golditem item
    JOIN batches_assignment lease ON lease.id = item.lease_id
    JOIN batches_batch batch ON batch.id = lease.batch_id
    JOIN subjects_subject subject ON subject.id = batch.subject_id
    WHERE item.id = %s
    FOR SHARE OF subject FOR NO KEY UPDATE OF item
"""


def lock_for_answer(item_id: int) -> None:
    """Hold what one person says of a gold picture still, and all that organisers decide."""
    hold_still(_HOLD_STILL, item_id)
