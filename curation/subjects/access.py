"""Fetch a subject and check the person's right to its project in one step."""

from __future__ import annotations

from curation.errors import NotFound
from curation.projects.access import access_project
from curation.projects.models import User
from curation.subjects.models import Subject


def access_subject(user: User, project: str, slug: str, permission: str) -> Subject:
    """The subject at `/projects/<project>/subjects/<slug>/`, if `user` may.

    Raises NotFound, NotAllowed.
    """
    found = access_project(user, project, permission)
    subject = Subject.objects.select_related("project").filter(project=found, slug=slug).first()
    if subject is None:
        raise NotFound()
    return subject
