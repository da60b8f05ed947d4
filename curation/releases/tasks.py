"""Background work of this stage; each task is one line that calls a use case."""

from __future__ import annotations

from django_tasks import task

from curation.queue import FIRST, QUICK_LANE
from curation.releases.run_freezing import run_freezing


@task(queue_name=QUICK_LANE, priority=FIRST)
def run_freezing_task(freezing_id: int) -> None:
    run_freezing(freezing_id=freezing_id)
