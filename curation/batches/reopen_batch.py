"""Use case: an organiser opens a closed batch again."""

from __future__ import annotations

from django.db import transaction

from curation.batches.lock import lock_batch
from curation.batches.models import Batch
from curation.projects import log
from curation.projects.access import require
from curation.projects.models import User
from curation.projects.permissions import ORGANISE


@transaction.atomic
def reopen_batch(*, batch: Batch, actor: User | None) -> Batch:
    """Open the batch again; leases that have not run out hold again.

    Raises NotAllowed.
    """
    require(actor, ORGANISE, batch.subject.project)
    held = lock_batch(batch)
    if held.closed_at is not None:
        held.closed_at = None
        held.save(update_fields=["closed_at"])
        log.record("batch.reopen", actor=actor, project=held.subject.project, target=held)
    return held
