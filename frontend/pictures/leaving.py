"""How the bytes of a picture leave: from here, from the proxy's disk, or from the bucket."""

from __future__ import annotations

from urllib.parse import quote

from django.conf import settings
from django.core.files.storage import default_storage
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect

from curation import store
from curation.http import private_bytes

SIGNED_SECONDS = 60
"""So long the bucket hands out a picture under the address it was signed under."""


def leave(request: HttpRequest, *, key: str, version: str) -> HttpResponseBase:
    """The store's file `key`, which holds WebP. Raises FileNotFoundError when there is none.

    Where the proxy or the bucket sends it, they are named the file and this process reads none of
    it. What the browser has already is not sent again. A picture that is taken along comes from
    here, since a page may only keep what its own site sends.
    """
    if settings.X_ACCEL_PREFIX:
        _require(key)
        response = HttpResponse(content_type="image/webp")
        response["X-Accel-Redirect"] = quote(f"{settings.X_ACCEL_PREFIX}{key}")
    elif settings.S3_SIGNED_URLS and "taken" not in request.GET:
        _require(key)
        wanted = {"ResponseCacheControl": "private, no-store", "ResponseContentType": "image/webp"}
        response = HttpResponseRedirect(
            default_storage.url(key, parameters=wanted, expire=SIGNED_SECONDS)  # type: ignore[call-arg]  # S3's
        )
    else:
        return private_bytes(
            request, version=version, read=lambda: store.read(key), content_type="image/webp"
        )
    response["Cache-Control"] = "private, no-cache"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _require(key: str) -> None:
    if not default_storage.exists(key):
        raise FileNotFoundError(key)
