"""Fetch a project and check the person's right to it in one step, so that no view can forget."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from curation.errors import NotAllowed, NotFound
from curation.projects.models import Membership, Project, Role, User
from curation.projects.permissions import VIEW
from curation.projects.second_factor import require_second_factor


def require(user: User | None, permission: str, project: Project) -> None:
    """Let the person pass if they hold `permission`; None is the command line, which may all.

    Raises NotFound to strangers, NotAllowed to members whose role is too low, SecondFactorNeeded.
    """
    if user is None or user.has_perm(permission, project):
        return
    if user.has_perm(VIEW, project):
        raise NotAllowed
    raise NotFound


def access_project(user: User, slug: str, permission: str) -> Project:
    """The project called `slug`, if `user` holds `permission` in it.

    Raises NotFound, NotAllowed.
    """
    project = Project.objects.filter(slug=slug).first()
    if project is None:
        raise NotFound
    require(user, permission, project)
    return project


def require_second_factor_of_admins(user: User, memberships: Iterable[Membership]) -> None:
    """For a page over all of a person's projects: who administers one, or the site, needs it.

    Raises SecondFactorNeeded.
    """
    if user.is_staff or any(membership.role == Role.ADMIN for membership in memberships):
        require_second_factor(user)


def require_staff(user: User) -> None:
    """Let the staff of the site pass. Raises NotAllowed, SecondFactorNeeded."""
    if not (user.is_staff and user.is_active):
        raise NotAllowed(_("Only the staff of this site may do this."))
    require_second_factor(user)
