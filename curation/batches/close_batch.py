"""Use case: an organiser closes a batch; from then on nobody votes in it."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from curation.batches.lock import lock_batch
from curation.batches.models import Batch
from curation.projects import log
from curation.projects.access import require
from curation.projects.models import User
from curation.projects.permissions import ORGANISE
from curation.projects.picture_epoch import raise_epoch_of_people


@transaction.atomic
def close_batch(*, batch: Batch, actor: User | None) -> Batch:
    """Close the batch for everybody. Leases and votes stay; closing twice changes nothing.

    Raises NotAllowed.
    """
    require(actor, ORGANISE, batch.subject.project)
    held = lock_batch(batch)
    if held.closed_at is None:
        held.closed_at = timezone.now()
        held.save(update_fields=["closed_at"])
        holders = held.assignments.filter(returned_at=None).values_list("volunteer", flat=True)
        raise_epoch_of_people(list(holders))
        log.record("batch.close", actor=actor, project=held.subject.project, target=held)
    return held
