"""Use case: have a subject's images compared again where that failed."""

from __future__ import annotations

from django.db import transaction

from curation.duplicates.models import DuplicateSearch
from curation.duplicates.tasks import find_duplicates_task
from curation.jobs import UNTRIED
from curation.projects import log
from curation.projects.access import require
from curation.projects.models import User
from curation.projects.permissions import ORGANISE
from curation.queue import enqueue
from curation.subjects.gate import require_consent
from curation.subjects.models import Act, Subject


@transaction.atomic
def search_again(*, subject: Subject, actor: User | None) -> bool:
    """Have a worker do soon what failed or waits for a trouble to pass; False when nothing does.

    Raises NotFound, NotAllowed, ConsentMissing.
    """
    require(actor, ORGANISE, subject.project)
    require_consent(subject, Act.CURATE)
    stopped = DuplicateSearch.objects.filter(DuplicateSearch.to_try_again(), subject=subject)
    search = stopped.first()
    if search is None:
        return False
    stopped.update(**UNTRIED)
    enqueue(search, find_duplicates_task)
    log.record("duplicates.search", actor=actor, project=subject.project, target=subject.slug)
    return True
