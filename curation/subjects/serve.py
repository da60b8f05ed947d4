"""Handing out a stored picture to somebody who was found to be allowed to see it."""

from __future__ import annotations

from django.http import FileResponse, HttpRequest, HttpResponseBase
from django.utils.cache import get_conditional_response

from curation import store


def private_webp(request: HttpRequest, digest: str) -> HttpResponseBase:
    """The served copy named `digest`, for this person's own browser only.

    The browser keeps it but asks again each time, so that a withdrawal hides it at once; asking
    costs a few hundred bytes. Raises FileNotFoundError when the bytes are gone.
    """
    etag = f'"{digest}"'
    unchanged = get_conditional_response(request, etag=etag)
    response = unchanged or FileResponse(store.open_object(digest), content_type="image/webp")
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"
    response["X-Content-Type-Options"] = "nosniff"
    return response
