"""How refusals reach people and programs over HTTP: one shape for the API, one page for people."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeGuard

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from rest_framework import exceptions, serializers
from rest_framework.response import Response
from rest_framework.views import exception_handler as drf_exception_handler

from curation.errors import NotFound, Refused
from curation.projects.models import User


class ErrorOut(serializers.Serializer[Any]):
    """The one shape of every error of the API."""

    code = serializers.CharField()
    message = serializers.CharField()
    context = serializers.DictField()  # type: ignore[assignment]  # DRF's own attribute name


def exception_handler(exc: Exception, context: dict[str, Any]) -> Response | None:
    """Every refusal leaves the API as {"code", "message", "context"}."""
    if isinstance(exc, ObjectDoesNotExist):
        exc = NotFound()
    if isinstance(exc, Refused):
        return _error(exc.code, str(exc.message), exc.context, exc.status)
    response = drf_exception_handler(exc, context)
    if response is None:
        return None
    match exc:
        case exceptions.NotAuthenticated():
            return _error("not_signed_in", str(exc.detail), {}, 401)
        case exceptions.ValidationError():
            body = _error("invalid_input", "The request is not valid.", {"fields": exc.detail}, 400)
        case exceptions.APIException():
            body = _error(str(exc.default_code), str(exc.detail), {}, exc.status_code)
        case _:
            body = _error("not_found", "Not found.", {}, response.status_code)
    for name, value in response.headers.items():
        body.headers[name] = value
    return body


def _error(code: str, message: str, context: dict[str, Any], status: int) -> Response:
    return Response({"code": code, "message": message, "context": context}, status=status)


class RefusalPageMiddleware:
    """Shows a refusal that a page view let through as a page with the right status."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, Refused):
            return render(request, "refused.html", {"refusal": exception}, status=exception.status)
        return None


@contextmanager
def refusals_as_messages(request: HttpRequest) -> Iterator[None]:
    """Turn a refusal of the enclosed use case into a message above the next page.

    For form posts that end in a redirect back to the page they came from. What the person may
    not see or do at all still becomes an error page.
    """
    try:
        yield
    except Refused as refusal:
        if refusal.status in (403, 404):
            raise
        messages.error(request, str(refusal.message))


@contextmanager
def refusals_in_form(form: Form) -> Iterator[None]:
    """Turn a refusal of the enclosed use case into an error above the form.

    For pages that show the form again with all that was typed. What the person may not see or
    do at all still becomes an error page.
    """
    try:
        yield
    except Refused as refusal:
        if refusal.status in (403, 404):
            raise
        form.add_error(None, str(refusal.message))


def signed_in(request: HttpRequest) -> User:
    """The signed-in person. Views call it behind a login check, so anyone else is a bug."""
    if not _is_person(request.user):
        raise NotFound
    return request.user


def _is_person(user: object) -> TypeGuard[User]:
    return isinstance(user, User)
