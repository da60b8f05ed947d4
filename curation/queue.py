"""Between rows of jobs and the task queue: who puts what into the queue, and when again.

The queue hands work to workers, but a killed worker leaves its task marked running for ever. So a
worker claims the row, and the supervisor puts a row whose lease ran out back in the queue. So it
does with a row whose moment to be tried again has come, and with one that waits while the queue
holds no task for it: its worker died between taking the task and claiming the row.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_tasks.base import Task, TaskResultStatus
from django_tasks_db.models import DBTaskResult, get_date_max

from curation.jobs import Job, JobState

JobTask = Task[[int], Any]
"""A task that does the job of the row with the given key."""

QUICK_LANE = "quick"
"""For what somebody waits for. One worker does nothing else, so it never waits behind thousands of
analyses, nor behind one film; all other workers take it first as well."""
FIRST = 10
"""The priority of what is in that lane."""

AT_ONCE = 2000
"""Rows that one statement writes, so that nobody else waits long for the database."""

ENOUGH_WAITING = 2000
"""Tasks of a kind. A worker of the quick lane reads past all others each time that it looks."""

KEPT_DONE, KEPT_FAILED, KEPT_LOST = timedelta(days=1), timedelta(days=14), timedelta(days=7)
"""How long a task is kept after its end; lost are those whose worker was killed."""


def enqueue(job: Job, task: JobTask) -> None:
    """Put the task that does this job into the queue, inside the caller's transaction."""
    enqueue_all([job.pk], task)


def enqueue_all(keys: Iterable[int], task: JobTask) -> None:
    """The same for many jobs, by their keys, in few statements."""
    DBTaskResult.objects.bulk_create(
        [
            DBTaskResult(
                args_kwargs={"args": [key], "kwargs": {}},
                priority=task.priority,
                task_path=task.module_path,
                queue_name=task.queue_name,
                backend_name=task.backend,
                run_after=get_date_max(),
            )
            for key in keys
        ],
        batch_size=500,
    )


def holds_enough(task: JobTask) -> bool:
    """Whether so many of these tasks wait that further ones may as well be queued later."""
    waiting = DBTaskResult.objects.ready().filter(task_path=task.module_path).order_by()
    return waiting.values("pk")[:ENOUGH_WAITING].count() == ENOUGH_WAITING


def requeue_abandoned(kind: type[Job], task: JobTask) -> int:
    """Queue every job of `kind` that a killed worker left, that is due again or forgotten.

    Those that kill their workers are given up. `task` is what does such a job. One query while
    there is nothing to do. Returns how many were put into the queue.
    """
    rows = kind._default_manager
    if not rows.filter(kind.abandoned() | kind.to_queue()).exists():
        return 0
    abandoned = list(rows.filter(kind.abandoned()).values_list("pk", flat=True))
    return sum(_requeue(kind, task, pk) for pk in abandoned) + _queue_waiting(kind, task)


@transaction.atomic
def _requeue(kind: type[Job], task: JobTask, pk: int) -> int:
    rows = kind._default_manager.filter(kind.abandoned())
    job = rows.select_for_update().filter(pk=pk).first()
    if job is None:
        return 0
    if job.attempt >= job.max_attempts:
        job.finish(JobState.FAILED, _("Its worker was killed %d times.") % job.attempt)
        return 0
    job.put_back()
    enqueue(job, task)
    return 1


def _queue_waiting(kind: type[Job], task: JobTask) -> int:
    """Queue what is due; and what waits for nothing, if the queue holds no task of its kind at all.

    The last task may just have been taken, and its row be claimed in a moment: then there is one
    task too many, which finds nothing to do.
    """
    waiting = kind.to_queue()
    if DBTaskResult.objects.ready().filter(task_path=task.module_path).exists():
        waiting &= Q(not_before__isnull=False)
    rows = kind._default_manager.filter(waiting)
    if not rows.exists():  # on SQLite even an idle transaction takes the only write lock
        return 0
    with transaction.atomic():
        locked = rows.select_for_update(skip_locked=True).order_by("pk")
        keys = list(locked.values_list("pk", flat=True)[:AT_ONCE])
        kind._default_manager.filter(pk__in=keys).update(not_before=None)
        enqueue_all(keys, task)
    return len(keys)


def prune_tasks() -> int:
    """Remove tasks that ended long ago; their results stand in the jobs. Returns how many."""
    now = timezone.now()
    ended = (
        Q(status=TaskResultStatus.SUCCESSFUL, finished_at__lt=now - KEPT_DONE)
        | Q(status=TaskResultStatus.FAILED, finished_at__lt=now - KEPT_FAILED)
        | Q(status=TaskResultStatus.RUNNING, started_at__lt=now - KEPT_LOST)
    )
    num = 0
    while keys := list(DBTaskResult.objects.filter(ended).order_by().values_list("pk")[:AT_ONCE]):
        num += DBTaskResult.objects.filter(pk__in=[key for (key,) in keys]).delete()[0]
    return num
