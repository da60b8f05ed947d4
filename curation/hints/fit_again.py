"""Use case: have a subject's hints made again where that failed."""

from __future__ import annotations

from django.db import transaction

from curation.hints.models import Fitting
from curation.hints.tasks import fit_hints_task
from curation.jobs import UNTRIED
from curation.projects import log
from curation.projects.access import require
from curation.projects.models import User
from curation.projects.permissions import ORGANISE
from curation.queue import enqueue
from curation.subjects.gate import require_consent
from curation.subjects.models import Act, Subject


@transaction.atomic
def fit_again(*, subject: Subject, actor: User | None) -> bool:
    """Have a worker do soon what failed or waits for a trouble to pass; False when nothing does.

    Raises NotFound, NotAllowed, ConsentMissing.
    """
    require(actor, ORGANISE, subject.project)
    require_consent(subject, Act.CURATE)
    stopped = Fitting.objects.filter(Fitting.to_try_again(), subject=subject)
    fitting = stopped.first()
    if fitting is None:
        return False
    stopped.update(**UNTRIED)
    enqueue(fitting, fit_hints_task)
    log.record("hints.fit", actor=actor, project=subject.project, target=subject.slug)
    return True
