"""Use case: have a job tried again, of which a subject has one, where it failed."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q

from curation.jobs import UNTRIED, Job
from curation.projects import log
from curation.projects.access import require
from curation.projects.models import User
from curation.projects.permissions import ORGANISE
from curation.queue import JobTask, enqueue
from curation.subjects.gate import require_consent
from curation.subjects.models import Act, Subject


@dataclass(frozen=True, slots=True)
class SubjectJob:
    """A kind of background job with one row a subject, which its column `subject` names."""

    kind: type[Job]
    task: JobTask
    """Does such a job."""
    act: str
    """The log's name for having one tried again."""


@transaction.atomic
def try_again(*, job: SubjectJob, subject: Subject, actor: User | None) -> bool:
    """Have a worker do soon what failed or waits for a trouble to pass; False when nothing does.

    Raises NotFound, NotAllowed, ConsentMissing.
    """
    require(actor, ORGANISE, subject.project)
    require_consent(subject, Act.CURATE)
    stopped = job.kind._default_manager.filter(job.kind.to_try_again(), Q(subject=subject))
    row = stopped.first()
    if row is None:
        return False
    stopped.update(**UNTRIED)
    enqueue(row, job.task)
    log.record(job.act, actor=actor, project=subject.project, target=subject.slug)
    return True
