"""How private bytes leave the site: pictures and previews, to one person's own browser."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response


def private_bytes(
    request: HttpRequest, *, version: str, read: Callable[[], bytes], content_type: str
) -> HttpResponseBase:
    """The bytes that `read` gives, unless the browser has this version of them already.

    The browser keeps them but asks again each time, so that a withdrawn consent or a lost lease
    hides them at once; asking costs a few hundred bytes. The caller has checked the person's right.
    """
    etag = f'"{version}"'
    unchanged = get_conditional_response(request, etag=etag)
    response = unchanged or HttpResponse(read(), content_type=content_type)
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"
    response["X-Content-Type-Options"] = "nosniff"
    return response
