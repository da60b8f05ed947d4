"""Fetch an import and check the person's right to its project in one step."""

from __future__ import annotations

from curation.errors import NotFound
from curation.projects.models import User
from curation.projects.permissions import ORGANISE
from curation.sources.models import ImportRun
from curation.subjects.access import access_subject


def access_import(
    user: User, project_slug: str, subject_slug: str, import_run_id: int
) -> ImportRun:
    """The import into this subject, if `user` organises the project.

    Raises NotFound, NotAllowed.
    """
    subject = access_subject(user, project_slug, subject_slug, ORGANISE)
    run = (
        ImportRun.objects.select_related("source", "started_by")
        .filter(pk=import_run_id, source__subject=subject)
        .first()
    )
    if run is None:
        raise NotFound
    run.source.subject = subject
    return run
