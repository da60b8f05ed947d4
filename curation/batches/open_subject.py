"""Use case: an organiser opens a subject, so that members take work on it without asking."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from curation.projects import log
from curation.projects.access import require
from curation.projects.models import User
from curation.projects.permissions import ORGANISE
from curation.subjects.gate import require_consent
from curation.subjects.models import Act, Subject


@transaction.atomic
def open_subject(*, subject: Subject, actor: User | None) -> Subject:
    """Let every member of the project take work on the subject; twice changes nothing.

    Raises NotAllowed or ConsentMissing.
    """
    require(actor, ORGANISE, subject.project)
    locked = require_consent(subject, Act.CURATE)
    if locked.opened_at is None:
        locked.opened_at = timezone.now()
        locked.save(update_fields=["opened_at"])
        log.record("subject.open", actor=actor, project=subject.project, target=subject)
    return locked
