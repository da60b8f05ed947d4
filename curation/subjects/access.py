"""Fetch a subject and check the person's right to its project in one step."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from curation.errors import NotFound
from curation.projects.access import access_project, require
from curation.projects.models import User
from curation.projects.permissions import VIEW
from curation.subjects.gate import is_covered
from curation.subjects.models import Act, Subject


class PicturesHidden(NotFound):
    """Nobody gets to see a subject's pictures while no consent in force covers curating."""

    code = "pictures_hidden"

    def __init__(self) -> None:
        super().__init__(
            _("These pictures are hidden: no consent in force allows anybody to look at them.")
        )


def access_subject(user: User, project_slug: str, subject_slug: str, permission: str) -> Subject:
    """The subject at `/projects/<project>/subjects/<slug>/`, if `user` may.

    Raises NotFound, NotAllowed.
    """
    project = access_project(user, project_slug, permission)
    subject = (
        Subject.objects.select_related("project").filter(project=project, slug=subject_slug).first()
    )
    if subject is None:
        raise NotFound
    return subject


def access_pictures(user: User, project_slug: str, subject_slug: str, permission: str) -> Subject:
    """The same, for views that hand out the subject's pictures.

    Raises NotFound, NotAllowed, PicturesHidden.
    """
    subject = access_subject(user, project_slug, subject_slug, permission)
    if not is_covered(subject, Act.CURATE):
        raise PicturesHidden
    return subject


def require_face(user: User, subject_id: int, sha256: str) -> None:
    """Let members look at the served copy with those bytes while it is one of the subject's: a
    portrait, or a look-alike's picture.

    Raises NotFound, PicturesHidden.
    """
    subject = Subject.objects.select_related("project").filter(pk=subject_id).first()
    if subject is None:
        raise NotFound
    require(user, VIEW, subject.project)
    if not is_covered(subject, Act.CURATE):
        raise PicturesHidden
    faces = (subject.portraits, subject.look_alikes)
    if not any(each.filter(sha256=sha256).exists() for each in faces):
        raise NotFound
