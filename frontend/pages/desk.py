"""The desk: the page on which a volunteer judges the pictures of a batch."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from curation.batches.access import access_batch, require_live_lease, require_may_be_shown
from curation.projects.models import User
from curation.projects.permissions import VIEW
from curation.votes.plan_practice import offers_practice
from frontend.addresses import address
from frontend.api.desk import desk_for
from frontend.person import page


@never_cache
@page("GET")
def desk(
    request: HttpRequest, person: User, project_slug: str, subject_slug: str, number: int
) -> HttpResponse:
    """The desk, for whoever holds a live lease on the batch.

    All that it shows comes with it, and the first picture is asked for before any script has come:
    on a phone's line each question costs as much as a dozen answers. Nobody keeps the page, since
    it would show old votes. On a first visit practice comes before it, which can be skipped.
    """
    batch = access_batch(person, project_slug, subject_slug, number, VIEW)
    lease = require_live_lease(person, batch)
    require_may_be_shown(batch.subject)
    if "begin" not in request.GET and offers_practice(batch, lease, person):
        return redirect(address("practice", batch))
    desk = desk_for(request, person, batch, lease)
    context = {"batch": batch, "subject": batch.subject, "desk": desk}
    return render(request, "desk/desk.html", context | {"first_picture": _first_picture(desk)})


def _first_picture(desk: dict[str, Any]) -> str | None:
    """Where the picture is that the desk begins with; None when all is judged."""
    to_judge = (item for item in desk["items"] if item["open"] and item["my_vote"] is None)
    first = next(to_judge, None)
    return None if first is None else first["preview_url"]
