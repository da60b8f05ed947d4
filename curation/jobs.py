"""Work that one process does at a time, and that survives the process being killed.

`Leased` is the lease itself: a row is held under a name until a moment, and whoever holds it
moves that moment on. When the holder is killed nobody does, and another may take the row over.
The old holder, should it only have slept, finds out: its name is no longer in the row.

`Job` is background work on such a row. The task queue hands work to workers, but a killed worker
leaves its task marked running for ever. So a worker claims the row, and the supervisor puts a row
whose lease ran out back in the queue. So it does with a row that waits while the queue holds no
task for it: its worker died between taking the task and claiming the row.
"""

from __future__ import annotations

import platform
from datetime import timedelta
from typing import Any, ClassVar, Self
from uuid import uuid4

from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_tasks.base import Task
from django_tasks_db.models import DBTaskResult

JobTask = Task[[int], Any]
"""A task that does the job of the row with the given key."""

UNHELD: dict[str, Any] = {"held_by": "", "leased_until": None}
"""The columns of a lease that nobody holds."""


class LeaseLost(Exception):
    """We were silent for too long, and the row is no longer ours."""


def new_holder() -> str:
    """A name to hold leases under, that nobody else has or had: the host, and something new.

    The host is there for people to read; nothing depends on it, as it may change.
    """
    return f"{platform.node()[:40]}/{uuid4().hex[:12]}"


class Leased(models.Model):
    """A row that one process works on at a time."""

    held_by = models.CharField(max_length=64, blank=True)
    """Whoever works on it, under a name from `new_holder`."""
    leased_until = models.DateTimeField(null=True, blank=True)
    """Later than this, whoever held it was killed."""

    lease: ClassVar[timedelta] = timedelta(seconds=60)
    """How long a holder may be silent before another takes the row over."""

    class Meta:
        abstract = True
        constraints: ClassVar[tuple[models.BaseConstraint, ...]] = (
            models.CheckConstraint(
                condition=Q(held_by="", leased_until=None)
                | (~Q(held_by="") & Q(leased_until__isnull=False)),
                name="%(class)s_is_leased_exactly_while_it_is_held",
            ),
        )

    @staticmethod
    def free() -> Q:
        """Rows that nobody holds, or only somebody who fell silent."""
        return Q(leased_until=None) | Q(leased_until__lt=timezone.now())

    @property
    def is_held(self) -> bool:
        """Whether somebody is at work on it."""
        return self.leased_until is not None and self.leased_until > timezone.now()

    def take(self, holder: str, *, only_if: Q | None = None, **changes: Any) -> bool:
        """Hold the row under that name, or renew its lease; False while another holds it.

        `changes` are written with it, and nothing is when `only_if` does not hold.
        """
        if self.held_by == holder and self._is_fresh():
            return True
        mine_or_free = Q(held_by=holder) | self.free()
        until = timezone.now() + self.lease
        rows = self._row().filter(mine_or_free, only_if or Q())
        return self._write(rows, held_by=holder, leased_until=until, **changes)

    def renew(self, **changes: Any) -> None:
        """Say that we live, and write `changes`. Raises LeaseLost.

        Cheap to call often: it writes when there are changes or half of the lease is over.
        """
        if not changes and self._is_fresh():
            return
        until = timezone.now() + self.lease
        if not self._write(self.mine(), leased_until=until, **changes):
            raise LeaseLost

    def mine(self) -> models.QuerySet[Self]:
        """The row while we hold it: an update of it changes nothing once somebody took over."""
        return self._row().filter(held_by=self.held_by).exclude(held_by="")

    def is_still_mine(self) -> bool:
        """Whether nobody took the row over. Locks it until the transaction ends."""
        return self.mine().select_for_update().first() is not None

    def _row(self) -> models.QuerySet[Self]:
        return type(self)._default_manager.filter(pk=self.pk)

    def _is_fresh(self) -> bool:
        half = timezone.now() + self.lease / 2
        return self.leased_until is not None and self.leased_until > half

    def _write(self, rows: models.QuerySet[Self], **changes: Any) -> bool:
        """Change the row if it is among `rows`, and this copy of it with it."""
        if not rows.update(**changes):
            return False
        for name, value in changes.items():
            setattr(self, name, value)
        return True


class JobState(models.TextChoices):
    WAITING = "waiting", _("waiting")
    RUNNING = "running", _("running")
    DONE = "done", _("done")
    FAILED = "failed", _("failed")


class Job(Leased):
    """A piece of background work: claimed by one worker at a time, safe to run again."""

    state = models.CharField(max_length=8, choices=JobState, default=JobState.WAITING)
    attempt = models.PositiveSmallIntegerField(default=0)
    problem = models.TextField(blank=True)

    max_attempts: ClassVar[int] = 3
    """A job that killed this many workers is given up, so that it cannot kill them for ever."""

    class Meta(Leased.Meta):
        abstract = True

    @classmethod
    def claim(cls, pk: int) -> Self | None:
        """Take the job for this worker, or None when it is done or in other hands."""
        unfinished = Q(state__in=(JobState.WAITING, JobState.RUNNING))
        claimed = cls._default_manager.filter(unfinished, cls.free(), pk=pk).update(
            state=JobState.RUNNING,
            attempt=F("attempt") + 1,
            held_by=(holder := new_holder()),
            leased_until=timezone.now() + cls.lease,
        )
        return cls._default_manager.filter(pk=pk, held_by=holder).first() if claimed else None

    @classmethod
    def abandoned(cls) -> models.QuerySet[Self]:
        """Jobs whose worker said that it would be back by now."""
        return cls._default_manager.filter(state=JobState.RUNNING, leased_until__lt=timezone.now())

    def begin(self) -> None:
        """Save a new job that this process does itself, right away."""
        self.state, self.attempt = JobState.RUNNING, 1
        self.held_by, self.leased_until = new_holder(), timezone.now() + self.lease
        self.save(force_insert=True)

    def finish(self, state: JobState, problem: str = "", **changes: Any) -> bool:
        """Leave the job in a final state; False, changing nothing, when somebody took it over.

        Until the transaction ends nobody can take it over any more.
        """
        return self._write(self.mine(), state=state, problem=problem, **UNHELD, **changes)

    def put_back(self) -> bool:
        """Leave the job to the next worker; False, changing nothing, when somebody took it over."""
        return self._write(self.mine(), state=JobState.WAITING, **UNHELD)


def enqueue(job: Job, task: JobTask) -> None:
    """Put the task that does this job into the queue, inside the caller's transaction."""
    task.enqueue(job.pk)


def requeue_abandoned(kind: type[Job], task: JobTask) -> int:
    """Queue again every job of `kind` that a killed worker left; give up those that kill workers.

    `task` is what does such a job. Returns how many were put back.
    """
    abandoned = list(kind.abandoned().values_list("pk", flat=True))
    return sum(_requeue(kind, task, pk) for pk in abandoned) + _requeue_forgotten(kind, task)


@transaction.atomic
def _requeue(kind: type[Job], task: JobTask, pk: int) -> int:
    job = kind.abandoned().select_for_update().filter(pk=pk).first()
    if job is None:
        return 0
    if job.attempt >= job.max_attempts:
        job.finish(JobState.FAILED, _("Its worker was killed %d times.") % job.attempt)
        return 0
    job.put_back()
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
