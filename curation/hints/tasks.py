"""Background work of this stage; each task is one line that calls a use case."""

from __future__ import annotations

from django_tasks import task

from curation.hints.fit_hints import fit_hints
from curation.hints.models import Fitting
from curation.subjects.try_again import SubjectJob

BEFORE_ANALYSES = 4
"""It is quick; after the search for duplicates, which it looks at."""


@task(priority=BEFORE_ANALYSES)
def fit_hints_task(fitting_id: int) -> None:
    fit_hints(fitting_id=fitting_id)


FITTING = SubjectJob(Fitting, fit_hints_task, "hints.fit")
