"""The log of what was done to an account: for the site, and for each project of the person."""

from __future__ import annotations

from typing import Any

from curation.projects import log
from curation.projects.models import Project, User


def record_of_account(action: str, *, actor: User | None, person: User, **details: Any) -> None:
    """Add a line to the site's log, and one to each project's, whose admins read only theirs."""
    log.record(action, actor=actor, project=None, target=person, **details)
    for project in Project.objects.filter(memberships__user=person):
        log.record(action, actor=actor, project=project, target=person, **details)
