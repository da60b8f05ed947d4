"""Background work of this stage; each task is one line that calls a use case."""

from __future__ import annotations

from django_tasks import task

from curation.releases.run_freezing import run_freezing

BEFORE_ANALYSES = 10
"""Somebody waits for it; thousands of pictures to look at may lie in the queue."""


@task(priority=BEFORE_ANALYSES)
def run_freezing_task(freezing_id: int) -> None:
    run_freezing(freezing_id=freezing_id)
