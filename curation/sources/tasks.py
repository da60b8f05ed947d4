"""Background work of this stage; each task is one line that calls a use case."""

from __future__ import annotations

from django_tasks import task

from curation.sources.run_import import run_import


@task()
def run_import_task(import_run_id: int) -> None:
    run_import(import_run_id=import_run_id)
