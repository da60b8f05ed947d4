"""Who is asking."""

from __future__ import annotations

from typing import TypeGuard

from django.http import HttpRequest

from curation.errors import NotFound
from curation.projects.models import User


def signed_in(request: HttpRequest) -> User:
    """The signed-in person. Views call it behind a login check, so anyone else is a bug."""
    if not _is_person(request.user):
        raise NotFound
    return request.user


def _is_person(user: object) -> TypeGuard[User]:
    return isinstance(user, User)
