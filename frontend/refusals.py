"""How refusals reach people: as a page, above a form, or as a message on the next page."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views import defaults

from curation.errors import Refused
from curation.projects.second_factor import SecondFactorNeeded
from frontend.failures import RETRY_SECONDS, refusal_of
from frontend.trouble import trouble

logger = logging.getLogger(__name__)


class RefusalPageMiddleware:
    """Shows a refusal that a page view let through as a page with the right status.

    Who lacks a second factor is led to where it is set up.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, SecondFactorNeeded):
            messages.warning(request, str(exception))
            return redirect("mfa_index")
        refusal = refusal_of(exception)
        return _answer(request, refusal, exception) if refusal else None


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's last word when something broke: a refusal where it was one, else the error page.

    What breaks in a middleware, such as the reading of a session, comes here alone.
    """
    exception = sys.exc_info()[1]
    refusal = refusal_of(exception) if exception else None
    if refusal is None or exception is None:
        return defaults.server_error(request)
    return _answer(request, refusal, exception)


def _answer(request: HttpRequest, refusal: Refused, exception: BaseException) -> HttpResponse:
    """A page with the status of the refusal; a plain one when nothing may be read for it."""
    if isinstance(exception, Refused):
        response = render(request, "refused.html", {"refusal": refusal}, status=refusal.status)
    else:
        logger.warning("%s answered %d: %s", request.path, refusal.status, exception)
        content_type, body = trouble(request.path, code=refusal.code, message=refusal.message)
        response = HttpResponse(body, content_type=content_type, status=refusal.status)
    if refusal.status == 503:
        response["Retry-After"] = str(RETRY_SECONDS)
    return response


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
