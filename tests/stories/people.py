"""Words that the stories of this folder share."""

from __future__ import annotations

from curation.projects.models import Membership, Project, Role, User

PASSWORD = "slow winnowing of grain"
SIGN_UP = {"username": "nina", "password1": PASSWORD, "password2": PASSWORD}


def role_of(person: User, project: Project) -> Role | None:
    """The person's role, None outside the project."""
    found = Membership.objects.filter(user=person, project=project).first()
    return Role(found.role) if found else None
