"""Who asks: the one beginning of every page that needs to know."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, Literal, ParamSpec, TypeGuard

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from curation.errors import Conflict, NotFound
from curation.projects.models import User

Address = ParamSpec("Address")
"""What the view takes from its address."""


def page(
    *methods: Literal["GET", "POST"],
) -> Callable[
    [Callable[Concatenate[HttpRequest, User, Address], HttpResponseBase]],
    Callable[Concatenate[HttpRequest, Address], HttpResponseBase],
]:
    """Hand the view the signed-in person; others are sent to sign in first.

    `@page("GET", "POST")` before `def view(request, person, …)`. Where GET is allowed, HEAD is.
    """
    allowed = [*methods, "HEAD"] if "GET" in methods else [*methods]

    def of_view(
        view: Callable[Concatenate[HttpRequest, User, Address], HttpResponseBase],
    ) -> Callable[Concatenate[HttpRequest, Address], HttpResponseBase]:
        @login_required
        @require_http_methods(allowed)
        @wraps(view)
        def answer(
            request: HttpRequest, /, *args: Address.args, **kwargs: Address.kwargs
        ) -> HttpResponseBase:
            return view(request, signed_in(request), *args, **kwargs)

        return answer

    return of_view


class OtherPerson(Conflict):
    """The page belongs to one person, and another one has signed in in the same browser since."""

    code = "other_person"


def require_named_person(person: User, named: str) -> None:
    """Refuse an act that names another person than the one who is signed in.

    Their sessions share the browser's cookie, so what one of them did on a page that was still
    open would be stored for the other. Who names nobody acts for themselves. Raises OtherPerson.
    """
    if named and named != str(person.pk):
        raise OtherPerson(
            _(
                "This page belongs to somebody else: %(person)s has signed in in this browser "
                "since it was opened. Nothing was done."
            )
            % {"person": person}
        )


def signed_in(request: HttpRequest) -> User:
    """The signed-in person. Raises NotFound where no login check came before."""
    if not _is_person(request.user):
        raise NotFound
    return request.user


def _is_person(user: object) -> TypeGuard[User]:
    return isinstance(user, User)
