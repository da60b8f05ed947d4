"""Pages in the language that the signed-in person chose, and in their time zone."""

from __future__ import annotations

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from frontend.failures import NOT_KEPT
from frontend.trouble import trouble


class CleanTextMiddleware:
    """Lets nobody ask with a NUL in the address or in a cookie: PostgreSQL keeps none.

    An address is refused. A cookie is forgotten, so that who has a broken one is only signed out.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\x00" in request.path_info or "%00" in request.META.get("QUERY_STRING", ""):
            content_type, body = trouble(
                request.path,
                code="invalid_input",
                message=NOT_KEPT,
            )
            return HttpResponse(body, content_type=content_type, status=400)
        for name in [name for name, value in request.COOKIES.items() if "\x00" in value]:
            del request.COOKIES[name]
        return self.get_response(request)


class PersonLanguageMiddleware:
    """A chosen language follows the person to every browser; others follow their browser."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = getattr(request.user, "language", "")
        if language:
            translation.activate(language)
            request.LANGUAGE_CODE = language
        return self.get_response(request)


class PersonTimeZoneMiddleware:
    """Times are shown in the zone that the browser named in a cookie; until it has, in UTC."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with timezone.override(_zone_called(request.COOKIES.get("timezone", ""))):
            return self.get_response(request)


def _zone_called(name: str) -> ZoneInfo | None:
    """The zone of that name; None, which means the site's own, when there is none."""
    try:
        return ZoneInfo(name) if name else None
    except (ValueError, OSError, LookupError):  # nonsense, a folder of zones, or unknown here
        return None
