"""What leaves the site leaves it small, and not again when it has not changed."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.utils.cache import get_conditional_response

COMPRESSED_TYPES = ("text/", "application/json", "application/jsonl", "image/svg+xml")

LIVE_ROUTES = {"api_run", "api_run_losses"}
"""What pages ask for again and again; other pages are renewed with the header `X-Live`."""

_TOKEN = re.compile(rb'(name="csrfmiddlewaretoken" value=")[^"]*')
"""Masked anew for each answer, and so no change of the page."""


class CompressTextMiddleware(GZipMiddleware):
    """Django's, for text alone: pictures and zips are compressed already.

    It pads each answer by a random length and Django masks its tokens anew each time, so that the
    length of an answer tells nothing of what it holds (BREACH).
    """

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        if response.streaming or not response.get("Content-Type", "").startswith(COMPRESSED_TYPES):
            return response
        return super().process_response(request, response)


class UnchangedMiddleware:
    """Answers 304 to a page that asks how things stand when they stand as it knows."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase | None:
        response = self.get_response(request)
        if request.method != "GET" or response.status_code != 200 or response.streaming:
            return response
        match = request.resolver_match
        if "X-Live" not in request.headers and (
            match is None or match.view_name not in LIVE_ROUTES
        ):
            return response
        content = _TOKEN.sub(rb"\1", response.content)
        etag = f'W/"{hashlib.sha256(content).hexdigest()[:32]}"'
        response["ETag"] = etag
        response.setdefault("Cache-Control", "private, no-cache")
        return get_conditional_response(request, etag=etag, response=response)
