"""Who may do what in a project, as predicates. Roles include the lower ones."""

from __future__ import annotations

import rules

from curation.projects.models import Membership, Project, Role, User
from curation.projects.second_factor import require_second_factor

VIEW = "projects.view"
ORGANISE = "projects.organise"
ADMINISTER = "projects.administer"

_INCLUDES = {
    VIEW: {Role.VOLUNTEER, Role.ORGANISER, Role.ADMIN},
    ORGANISE: {Role.ORGANISER, Role.ADMIN},
    ADMINISTER: {Role.ADMIN},
}


def role_in(user: User, project: Project) -> Role | None:
    """The person's role in the project, None when they are not a member."""
    if not user.is_active:
        return None
    membership = Membership.objects.filter(project=project, user_id=user.pk).first()
    return Role(membership.role) if membership else None


def has_role_for(role: Role | None, permission: str) -> bool:
    """Whether a role covers a permission. Pure."""
    return role in _INCLUDES[permission]


def _holds(user: User, permission: str, project: Project) -> bool:
    """Whether the person's role covers it.

    An admin's role covers nothing until they have the second factor that the site may ask for.
    Raises SecondFactorNeeded.
    """
    role = role_in(user, project)
    if role == Role.ADMIN:
        require_second_factor(user)
    return has_role_for(role, permission)


@rules.predicate
def is_member(user: User, project: Project) -> bool:
    return _holds(user, VIEW, project)


@rules.predicate
def is_organiser(user: User, project: Project) -> bool:
    return _holds(user, ORGANISE, project)


@rules.predicate
def is_admin(user: User, project: Project) -> bool:
    return _holds(user, ADMINISTER, project)


rules.add_perm(VIEW, is_member)
rules.add_perm(ORGANISE, is_organiser)
rules.add_perm(ADMINISTER, is_admin)
