"""Background work of this stage; each task is one line that calls a use case."""

from __future__ import annotations

from django_tasks import task

from curation.queue import FIRST, QUICK_LANE
from curation.sources.run_import import run_import


@task(queue_name=QUICK_LANE, priority=FIRST)
def run_import_task(import_run_id: int) -> None:
    run_import(import_run_id=import_run_id)
