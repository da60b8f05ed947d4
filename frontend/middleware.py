"""Pages in the language that the signed-in person chose, and in their time zone."""

from __future__ import annotations

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation


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
