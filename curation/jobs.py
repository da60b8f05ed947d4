"""Background work that survives a killed worker.

The task queue hands work to workers, but a killed worker leaves its task marked running for
ever. So every job is also a row of ours with a state and a lease: a worker claims the row, and
a row whose lease ran out is put back in the queue by the supervisor.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Self

from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

LEASE = timedelta(seconds=60)
"""How long a worker may be silent about a job before somebody else takes it over."""

MAX_ATTEMPTS = 3
"""A job that killed this many workers is given up, so that it cannot kill them for ever."""


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

    class Meta:
        abstract = True

    def enqueue(self) -> None:
        """Put a task for this row into the queue. Each kind of job names its task."""
        raise NotImplementedError

    @classmethod
    def claim(cls, pk: int) -> Self | None:
        """Take the job for this worker, or None when it is done or in other hands."""
        now = timezone.now()
        free = Q(state=JobState.WAITING) | Q(state=JobState.RUNNING, leased_until__lt=now)
        taken = cls._default_manager.filter(free, pk=pk).update(
            state=JobState.RUNNING, attempt=F("attempt") + 1, leased_until=now + LEASE
        )
        return cls._default_manager.get(pk=pk) if taken else None

    def keep_alive(self) -> None:
        """Renew the lease; long jobs call it now and then."""
        self.leased_until = timezone.now() + LEASE
        self.save(update_fields=["leased_until"])

    def finish(self, state: JobState, problem: str = "") -> None:
        """Leave the job in a final state."""
        self.state, self.problem, self.leased_until = state, problem, None
        self.save(update_fields=["state", "problem", "leased_until"])


def requeue_abandoned(kind: type[Job]) -> int:
    """Queue again every job of `kind` whose worker went silent; give up those that kill workers.

    Returns how many were put back.
    """
    requeued = 0
    abandoned = Q(state=JobState.RUNNING, leased_until__lt=timezone.now())
    for pk in kind._default_manager.filter(abandoned).values_list("pk", flat=True):
        with transaction.atomic():
            job = kind._default_manager.select_for_update().filter(abandoned, pk=pk).first()
            if job is None:
                continue
            if job.attempt >= MAX_ATTEMPTS:
                job.finish(JobState.FAILED, _("Its worker was killed %d times.") % job.attempt)
                continue
            job.state, job.leased_until = JobState.WAITING, None
            job.save(update_fields=["state", "leased_until"])
            job.enqueue()
            requeued += 1
    return requeued
