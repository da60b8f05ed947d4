"""The service worker of the desk, at an address from which it may look after the whole site."""

from __future__ import annotations

from pathlib import Path

from django.contrib.staticfiles import finders
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

FILE = "worker.js"


@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    """The script that Vite built. It holds nothing of anybody, so everybody may read it."""
    found = finders.find(FILE)
    if not isinstance(found, str):
        raise Http404
    response = HttpResponse(Path(found).read_bytes(), content_type="text/javascript")
    # Browsers ask for it anew whenever they look whether there is a newer one.
    response["Cache-Control"] = "no-cache"
    return response
