"""Use case: end an import that waits or is under way; what came in stays in."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from curation.jobs import UNHELD, UNTRIED, JobState
from curation.projects import log
from curation.projects.access import require
from curation.projects.models import User
from curation.projects.permissions import ORGANISE
from curation.sources.models import ImportRun
from curation.sources.problem_codes import ProblemCode


@transaction.atomic
def cancel_import(*, import_run: ImportRun, actor: User | None) -> bool:
    """End the import, and let its worker find out at its next heartbeat, about a second later.

    The lease is taken away from the worker, as when another takes over, so it can store no end of
    its own. Nothing is lost: tried again, the import goes on with the files that are missing.
    False, changing nothing, when it has ended. Raises NotFound, NotAllowed.
    """
    subject = import_run.source.subject
    require(actor, ORGANISE, subject.project)
    unfinished = ImportRun.objects.filter(
        pk=import_run.pk, state__in=(JobState.WAITING, JobState.RUNNING)
    )
    cancelled = {**UNTRIED, "state": JobState.FAILED, "problem": ProblemCode.CANCELLED}
    silent = {"is_asking": False, "question_json": {}, "sealed_passwords": ""}
    if not unfinished.update(**cancelled, **silent, **UNHELD, finished_at=timezone.now()):
        return False
    log.record(
        "import.cancel",
        actor=actor,
        project=subject.project,
        target=f"{subject.slug} / {import_run.source.label}",
        given_as=import_run.given_as,
    )
    return True
