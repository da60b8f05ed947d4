"""Use case: a volunteer gives a batch back before their time is up."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from curation.batches.errors import NotAssigned
from curation.batches.lock import lock_batch
from curation.batches.models import Assignment, Batch
from curation.projects import log
from curation.projects.models import User
from curation.projects.picture_epoch import raise_epoch_of_people


@transaction.atomic
def return_batch(*, batch: Batch, actor: User) -> Assignment:
    """End the person's own lease. Their votes stay; giving back twice changes nothing.

    Raises NotAssigned.
    """
    held = lock_batch(batch)
    lease = Assignment.objects.filter(batch=held, volunteer=actor).first()
    if lease is None:
        raise NotAssigned(_("This batch is not assigned to you."), batch=batch.number)
    if lease.returned_at is not None:
        return lease
    lease.returned_at = timezone.now()
    lease.save(update_fields=["returned_at"])
    raise_epoch_of_people([actor.pk])
    log.record("batch.return", actor=actor, project=held.subject.project, target=held)
    return lease
