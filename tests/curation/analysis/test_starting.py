"""Every image gets looked at, and no job is forgotten, whoever was killed when."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from curation.analysis.models import Analysis
from curation.analysis.start_analysis import start_missing_analyses
from curation.analysis.tasks import analyse_image_task
from curation.images.models import Image
from curation.jobs import JobState
from curation.queue import requeue_abandoned

MakeImage = Callable[..., Image]


def tasks() -> list[int]:
    """The analyses that the queue holds a task for."""
    return [task.args_kwargs["args"][0] for task in DBTaskResult.objects.ready()]


def test_new_images_get_one_job_and_one_task_each(make_image: MakeImage) -> None:
    images = [make_image(), make_image()]
    assert start_missing_analyses() == 2
    assert start_missing_analyses() == 0
    assert sorted(Analysis.objects.values_list("image", flat=True)) == [i.pk for i in images]
    assert sorted(tasks()) == sorted(Analysis.objects.values_list("pk", flat=True))


def test_a_silent_worker_loses_its_job_after_its_lease_and_not_before(
    make_image: MakeImage,
) -> None:
    make_image()
    start_missing_analyses()
    (pk,) = tasks()
    Analysis.claim(pk)
    DBTaskResult.objects.update(status="RUNNING")
    assert requeue_abandoned(Analysis, analyse_image_task) == 0

    Analysis.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    assert requeue_abandoned(Analysis, analyse_image_task) == 1
    assert tasks() == [pk]
    assert Analysis.objects.get().state == JobState.WAITING


def test_a_picture_that_kills_workers_is_given_up(make_image: MakeImage) -> None:
    make_image()
    start_missing_analyses()
    for _ in range(Analysis.max_attempts):
        Analysis.claim(Analysis.objects.get().pk)
        Analysis.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
        requeue_abandoned(Analysis, analyse_image_task)
    analysis = Analysis.objects.get()
    assert analysis.state == JobState.FAILED
    assert str(Analysis.max_attempts) in analysis.sentence


def test_a_worker_killed_between_task_and_claim_strands_nothing(make_image: MakeImage) -> None:
    make_image()
    start_missing_analyses()
    DBTaskResult.objects.update(status="RUNNING")  # taken from the queue, then kill -9
    assert requeue_abandoned(Analysis, analyse_image_task) == 1
    assert tasks() == [Analysis.objects.get().pk]
    assert requeue_abandoned(Analysis, analyse_image_task) == 0, "its task is there now"
