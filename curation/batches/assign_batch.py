"""Use case: an organiser hands a batch to somebody, or gives them more time."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from curation.batches.errors import BatchClosed
from curation.batches.lock import lock_batch
from curation.batches.models import Assignment, Batch
from curation.errors import InvalidInput
from curation.projects import log
from curation.projects.access import require
from curation.projects.models import User
from curation.projects.permissions import ORGANISE, role_in
from curation.subjects.gate import require_consent
from curation.subjects.models import Act

DEFAULT_DAYS = 7
LONGEST_DAYS = 90


@transaction.atomic
def assign_batch(
    *, batch: Batch, volunteer: User, days: int = DEFAULT_DAYS, actor: User | None
) -> Assignment:
    """Lease the batch to a member of the project for `days` from now.

    Whoever had it before, gave it back or ran out of time has it again with the new end.
    Raises NotAllowed, NotFound, ConsentMissing, BatchClosed or InvalidInput.
    """
    require(actor, ORGANISE, batch.subject.project)
    if not 1 <= days <= LONGEST_DAYS:
        raise InvalidInput(
            _("A lease lasts between 1 and %(most)d days.") % {"most": LONGEST_DAYS},
            days=days,
        )
    held = lock_batch(batch)
    require_consent(held.subject, Act.CURATE)
    if held.closed_at is not None:
        raise BatchClosed(_("This batch is closed. Open it again first."), batch=batch.number)
    if role_in(volunteer, held.subject.project) is None:
        raise InvalidInput(
            _("%(person)s is not a member of this project.") % {"person": volunteer},
            volunteer=volunteer.pk,
        )
    now = timezone.now()
    until = now + dt.timedelta(days=days)
    leases = Assignment.objects.filter(batch=held, volunteer=volunteer)
    # More time for what they hold is no news to them.
    holds = leases.filter(returned_at=None, leased_until__gt=now).exists()
    lease, _created = Assignment.objects.update_or_create(
        batch=held,
        volunteer=volunteer,
        defaults={
            "leased_until": until,
            "granted_until": until,
            "returned_at": None,
            "is_taken_back": False,
            "created_by": actor,
            **({} if holds else {"handed_at": now}),
        },
    )
    log.record(
        "batch.assign",
        actor=actor,
        project=held.subject.project,
        target=held,
        volunteer=volunteer.username,
        until=lease.leased_until.isoformat(),
    )
    return lease
