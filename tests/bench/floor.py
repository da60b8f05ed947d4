"""The site's addresses and one more: a bare view that knows who asks and does nothing.

What it takes is what Django, sessions and the server take on this machine: the floor under a vote.
"""

import json

from django.http import HttpRequest, JsonResponse
from django.urls import URLPattern, URLResolver, include, path


def floor(request: HttpRequest) -> JsonResponse:
    """Who asks, and what they sent."""
    if not request.user.is_authenticated:
        return JsonResponse({}, status=401)
    return JsonResponse({"person": request.user.pk, "said": json.loads(request.body)})


urlpatterns: list[URLPattern | URLResolver] = [
    path("bench/floor", floor),
    path("", include("config.urls")),
]
