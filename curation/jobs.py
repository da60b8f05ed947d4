"""Background work that survives a killed worker.

The task queue hands work to workers, but a killed worker leaves its task marked running for
ever. So every job is also a row of ours with a state and a lease: a worker claims the row, and
a row whose lease ran out is put back in the queue by the supervisor. So is a row that waits
while the queue holds no task for it: its worker died between taking the task and claiming it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar, Self

from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_tasks.base import Task
from django_tasks_db.models import DBTaskResult

JobTask = Task[[int], Any]
"""A task that does the job of the row with the given key."""

LEASE = timedelta(seconds=60)
"""How long a worker may be silent about a job before somebody else takes it over."""


class JobState(models.TextChoices):
    WAITING = "waiting", _("waiting")
    RUNNING = "running", _("running")
    DONE = "done", _("done")
    FAILED = "failed", _("failed")


class Job(models.Model):
    """A piece of background work: claimed by one worker at a time, safe to run again."""

    state = models.CharField(max_length=8, choices=JobState, default=JobState.WAITING)
    attempt = models.PositiveSmallIntegerField(default=0)
    leased_until = models.DateTimeField(null=True, blank=True)
    problem = models.TextField(blank=True)

    max_attempts: ClassVar[int] = 3
    """A job that killed this many workers is given up, so that it cannot kill them for ever."""

    class Meta:
        abstract = True

    @classmethod
    def claim(cls, pk: int) -> Self | None:
        """Take the job for this worker, or None when it is done or in other hands."""
        now = timezone.now()
        free = Q(state=JobState.WAITING) | Q(state=JobState.RUNNING, leased_until__lt=now)
        taken = cls._default_manager.filter(free, pk=pk).update(
            state=JobState.RUNNING, attempt=F("attempt") + 1, leased_until=now + LEASE
        )
        return cls._default_manager.get(pk=pk) if taken else None

    def finish(self, state: JobState, problem: str = "") -> None:
        """Leave the job in a final state."""
        self.state, self.problem, self.leased_until = state, problem, None
        self.save(update_fields=["state", "problem", "leased_until"])


def enqueue(job: Job, task: JobTask) -> None:
    """Put the task that does this job into the queue, inside the caller's transaction."""
    task.enqueue(job.pk)


def requeue_abandoned(kind: type[Job], task: JobTask) -> int:
    """Queue again every job of `kind` that a killed worker left; give up those that kill workers.

    `task` is what does such a job. Returns how many were put back.
    """
    put_back = sum(_requeue(kind, task, pk) for pk in _silent(kind))
    return put_back + _requeue_forgotten(kind, task)


def _silent(kind: type[Job]) -> list[int]:
    """Jobs whose worker said it would be back by now."""
    return list(kind._default_manager.filter(_has_gone_silent()).values_list("pk", flat=True))


def _has_gone_silent() -> Q:
    return Q(state=JobState.RUNNING, leased_until__lt=timezone.now())


@transaction.atomic
def _requeue(kind: type[Job], task: JobTask, pk: int) -> int:
    job = kind._default_manager.select_for_update().filter(_has_gone_silent(), pk=pk).first()
    if job is None:
        return 0
    if job.attempt >= job.max_attempts:
        job.finish(JobState.FAILED, _("Its worker was killed %d times.") % job.attempt)
        return 0
    job.state, job.leased_until = JobState.WAITING, None
    job.save(update_fields=["state", "leased_until"])
    enqueue(job, task)
    return 1


def _requeue_forgotten(kind: type[Job], task: JobTask) -> int:
    """Queue the jobs that wait for nothing: the queue holds no task of their kind at all.

    The last task may just have been taken, and its row be claimed in a moment: then there is one
    task too many, which finds nothing to do.
    """
    waiting = kind._default_manager.filter(state=JobState.WAITING)
    if not waiting.exists():
        return 0
    if DBTaskResult.objects.ready().filter(task_path=task.module_path).exists():
        return 0
    with transaction.atomic():
        forgotten = list(waiting.order_by("pk"))
        for job in forgotten:
            enqueue(job, task)
    return len(forgotten)
