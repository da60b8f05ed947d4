"""Use case: an organiser hands a subject's batches out alone again."""

from __future__ import annotations

from django.db import transaction

from curation.batches.lock import lock_subject
from curation.projects import log
from curation.projects.access import require
from curation.projects.models import User
from curation.projects.permissions import ORGANISE
from curation.subjects.models import Subject


@transaction.atomic
def close_subject(*, subject: Subject, actor: User | None) -> Subject:
    """Let nobody take further work on the subject; twice changes nothing.

    Who holds a batch goes on with it. Raises NotAllowed.
    """
    require(actor, ORGANISE, subject.project)
    lock_subject(subject.pk)
    locked = Subject.objects.get(pk=subject.pk)
    if locked.opened_at is not None:
        locked.opened_at = None
        locked.save(update_fields=["opened_at"])
        log.record("subject.close", actor=actor, project=subject.project, target=subject)
    return locked
