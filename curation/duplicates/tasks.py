"""Background work of this stage; each task is one line that calls a use case."""

from __future__ import annotations

from django_tasks import task

from curation.duplicates.find_duplicates import find_duplicates
from curation.duplicates.models import DuplicateSearch
from curation.subjects.try_again import SubjectJob

BEFORE_ANALYSES = 5
"""It is quick, and an organiser waits for it before the pictures are handed out."""


@task(priority=BEFORE_ANALYSES)
def find_duplicates_task(search_id: int) -> None:
    find_duplicates(search_id=search_id)


SEARCH = SubjectJob(DuplicateSearch, find_duplicates_task, "duplicates.search")
