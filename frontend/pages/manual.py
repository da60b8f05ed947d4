"""The cleaning manual as a page, for everybody who is signed in."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from curation.manual.selectors import current_manual
from curation.projects.models import User
from frontend.person import page


@page("GET")
def manual(request: HttpRequest, person: User) -> HttpResponse:
    """What to keep, what to reject and why, with pictures."""
    return render(request, "manual/manual.html", {"manual": current_manual()})
