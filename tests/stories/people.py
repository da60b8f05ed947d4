"""People who come in, and what the stories ask of them."""

from __future__ import annotations

import pytest

from curation.projects.models import Membership, Project, Role, User

PASSWORD = "slow winnowing of grain"
SIGN_UP = {"username": "nina", "password1": PASSWORD, "password2": PASSWORD}


def role_of(person: User, project: Project) -> Role | None:
    """The person's role, None outside the project."""
    row = Membership.objects.filter(user=person, project=project).first()
    return Role(row.role) if row else None


def membership(person: User, project: Project) -> Membership:
    return Membership.objects.get(user=person, project=project)


@pytest.fixture
def newcomer(db: None) -> User:
    """Somebody with an account who is in no project yet."""
    return User.objects.create_user("nina", password="nina")


@pytest.fixture
def staff(db: None) -> User:
    """Whoever keeps the site and opens its projects."""
    return User.objects.create_user("site", password="site", is_staff=True)
