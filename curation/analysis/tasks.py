"""Background work of this stage; each task is one line that calls a use case."""

from __future__ import annotations

from django_tasks import task

from curation.analysis.analyse_image import analyse_image


@task()
def analyse_image_task(analysis_id: int) -> None:
    analyse_image(analysis_id=analysis_id)
