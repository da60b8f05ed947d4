"""Use case: a consent ends now."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from curation.projects import log
from curation.projects.access import require
from curation.projects.models import User
from curation.projects.permissions import ADMINISTER
from curation.subjects.models import Consent, Subject
from curation.subjects.picture_epoch import raise_epoch_of_subject


@transaction.atomic
def withdraw_consent(*, consent: Consent, note: str = "", actor: User) -> Consent:
    """End a consent at once and for good. Withdrawing it again changes nothing.

    Whatever passed the gate before is finished first; whatever comes later is refused.
    Raises NotAllowed.
    """
    # The same row that the gate locks, so that the two cannot cross.
    subject = (
        Subject.objects.select_for_update(of=("self",))
        .select_related("project")
        .get(pk=consent.subject_id)
    )
    require(actor, ADMINISTER, subject.project)
    current = Consent.objects.get(pk=consent.pk)
    if current.withdrawn_at is not None:
        return current
    current.withdrawn_at, current.withdrawn_by = timezone.now(), actor
    current.withdrawal_note = note.strip()
    current.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawal_note"])
    raise_epoch_of_subject(subject.pk)
    log.record(
        "consent.withdraw",
        actor=actor,
        project=subject.project,
        target=f"{subject.slug} / consent {current.pk}",
        acts=[act.value for act in current.acts],
        note=current.withdrawal_note,
    )
    return current
