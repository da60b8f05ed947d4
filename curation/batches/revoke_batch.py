"""Use case: an organiser takes a batch back from somebody."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from curation.batches.lock import lock_batch
from curation.batches.models import Assignment, Batch
from curation.errors import NotFound
from curation.projects import log
from curation.projects.access import require
from curation.projects.models import User
from curation.projects.permissions import ORGANISE
from curation.projects.picture_epoch import raise_epoch_of_people


@transaction.atomic
def revoke_batch(*, batch: Batch, volunteer: User, actor: User | None) -> Assignment:
    """End somebody's lease at once. Their votes stay; revoking twice changes nothing.

    Raises NotAllowed or NotFound.
    """
    require(actor, ORGANISE, batch.subject.project)
    held = lock_batch(batch)
    lease = Assignment.objects.filter(batch=held, volunteer=volunteer).first()
    if lease is None:
        raise NotFound
    if lease.returned_at is not None:
        return lease
    lease.returned_at, lease.is_taken_back = timezone.now(), True
    lease.save(update_fields=["returned_at", "is_taken_back"])
    raise_epoch_of_people([volunteer.pk])
    log.record(
        "batch.revoke",
        actor=actor,
        project=held.subject.project,
        target=held,
        volunteer=volunteer.username,
    )
    return lease
