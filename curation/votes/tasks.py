"""Background work of this stage; each task is one line that calls a use case."""

from __future__ import annotations

from django_tasks import task

from curation.votes.fit_votes import fit_votes

BEFORE_ANALYSES = 5
"""It takes seconds, and people are spared votes by it."""


@task(priority=BEFORE_ANALYSES)
def fit_votes_task(fit_id: int) -> None:
    fit_votes(fit_id=fit_id)
