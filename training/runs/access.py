"""Fetch a run and check the person's right to it in one step."""

from __future__ import annotations

from curation.errors import NotFound
from curation.projects.access import access_project, require
from curation.projects.models import User
from training.runs.models import Run

_WITH_ALL = (
    "project",
    "release_a__subject__project",
    "release_b__subject__project",
    "created_by",
)


def access_run(user: User, run_id: int, permission: str) -> Run:
    """The run with that id, if `user` holds `permission` in its project.

    Raises NotFound, NotAllowed.
    """
    run = Run.objects.select_related(*_WITH_ALL).filter(pk=run_id).first()
    if run is None:
        raise NotFound
    require(user, permission, run.project)
    return run


def access_numbered_run(user: User, project_slug: str, number: int, permission: str) -> Run:
    """Run `number` of the project, if `user` may. Raises NotFound, NotAllowed."""
    project = access_project(user, project_slug, permission)
    run = Run.objects.select_related(*_WITH_ALL).filter(project=project, number=number).first()
    if run is None:
        raise NotFound
    return run
