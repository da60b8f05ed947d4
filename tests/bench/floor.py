"""The site's addresses and two more: bare views that know who asks, and do nothing but that.

What they take is what Django, sessions and the server take on this machine: the floor under a vote;
with the second, also what the database takes to make one row durable.
"""

import json

from django.http import HttpRequest, JsonResponse
from django.urls import URLPattern, URLResolver, include, path

from curation.projects.models import ActionLog


def floor(request: HttpRequest) -> JsonResponse:
    """Who asks, and what they sent."""
    if not request.user.is_authenticated:
        return JsonResponse({}, status=401)
    return JsonResponse({"person": request.user.pk, "said": json.loads(request.body)})


def storing_floor(request: HttpRequest) -> JsonResponse:
    """The same, and one row that says so."""
    answer = floor(request)
    if answer.status_code == 200:
        ActionLog.objects.create(actor_id=request.user.pk, action="bench.floor", target="-")
    return answer


urlpatterns: list[URLPattern | URLResolver] = [
    path("bench/floor", floor),
    path("bench/storing-floor", storing_floor),
    path("", include("config.urls")),
]
