"""Use case: have a subject's pictures looked at again where that failed."""

from __future__ import annotations

from django.db import transaction

from curation.analysis.models import Analysis
from curation.analysis.tasks import analyse_image_task
from curation.jobs import UNTRIED
from curation.projects import log
from curation.projects.access import require
from curation.projects.models import User
from curation.projects.permissions import ORGANISE
from curation.queue import enqueue_all
from curation.subjects.gate import require_consent
from curation.subjects.models import Act, Subject


@transaction.atomic
def try_analyses_again(*, subject: Subject, actor: User | None) -> int:
    """Have workers look soon at all that failed or waits for a trouble to pass; how many that are.

    Raises NotFound, NotAllowed, ConsentMissing.
    """
    require(actor, ORGANISE, subject.project)
    require_consent(subject, Act.CURATE)
    tried = Analysis.objects.filter(Analysis.to_try_again(), subject=subject)
    keys = list(tried.order_by("pk").values_list("pk", flat=True))
    if not keys:
        return 0
    tried.update(problem_details={}, **UNTRIED)
    enqueue_all(keys, analyse_image_task)
    log.record(
        "analysis.try_again",
        actor=actor,
        project=subject.project,
        target=subject.slug,
        images=len(keys),
    )
    return len(keys)
