"""The desk: the page on which a volunteer judges the pictures of a batch."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from curation.batches.access import access_batch, require_live_lease, require_may_be_shown
from curation.projects.models import User
from curation.projects.permissions import VIEW
from frontend.person import page


@page("GET")
def desk(
    request: HttpRequest, person: User, project_slug: str, subject_slug: str, number: int
) -> HttpResponse:
    """The desk, for whoever holds a live lease on the batch."""
    batch = access_batch(person, project_slug, subject_slug, number, VIEW)
    require_live_lease(person, batch)
    require_may_be_shown(batch.subject)
    return render(request, "desk/desk.html", {"batch": batch, "subject": batch.subject})
