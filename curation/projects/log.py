"""The action log: who did what to what. Rows are added, never changed."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.db import transaction

from curation.projects.log_chain import chain_waiting
from curation.projects.models import ActionLog, Project, User


def record(
    action: str, *, actor: User | None, project: Project | None, target: object, **details: Any
) -> None:
    """Add a line to the log, inside the transaction of the act itself.

    It gets its place in the chain when that is committed.
    """
    ActionLog.objects.create(
        action=action, actor=actor, project=project, target=str(target)[:200], details=details
    )
    key = None if project is None else project.pk
    transaction.on_commit(partial(chain_waiting, key), robust=True)
