"""The desk: the page on which a volunteer judges the pictures of a batch."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from curation.batches.access import access_batch, require_live_lease, require_may_be_shown
from curation.projects.permissions import VIEW
from curation.projects.signed_in import signed_in


@login_required
@require_safe
def desk(request: HttpRequest, project: str, subject: str, number: int) -> HttpResponse:
    """The desk, for whoever holds a live lease on the batch."""
    person = signed_in(request)
    found = access_batch(person, project, subject, number, VIEW)
    require_live_lease(person, found)
    require_may_be_shown(found.subject)
    return render(request, "desk/desk.html", {"batch": found, "subject": found.subject})
