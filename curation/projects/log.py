"""The action log: who did what to what. Rows are added, never changed."""

from __future__ import annotations

from typing import Any

from curation.projects.models import ActionLog, Project, User


def record(
    action: str, *, actor: User | None, project: Project | None, target: object, **details: Any
) -> None:
    """Add a line to the log, inside the transaction of the act itself."""
    ActionLog.objects.create(
        action=action, actor=actor, project=project, target=str(target)[:200], details=details
    )
