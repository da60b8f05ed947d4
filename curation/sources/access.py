"""Fetch an import and check the person's right to its project in one step."""

from __future__ import annotations

from curation.errors import NotFound
from curation.projects.models import User
from curation.projects.permissions import ORGANISE
from curation.sources.models import ImportRun
from curation.subjects.access import access_subject


def access_import(user: User, project: str, subject: str, import_run_id: int) -> ImportRun:
    """The import into this subject, if `user` organises the project.

    Raises NotFound, NotAllowed.
    """
    accessed = access_subject(user, project, subject, ORGANISE)
    run = (
        ImportRun.objects.select_related("source", "started_by")
        .filter(pk=import_run_id, source__subject=accessed)
        .first()
    )
    if run is None:
        raise NotFound
    run.source.subject = accessed
    return run
