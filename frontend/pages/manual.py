"""The cleaning manual as a page, for everybody who is signed in."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from curation.manual.selectors import current_manual


@login_required
@require_safe
def manual(request: HttpRequest) -> HttpResponse:
    """What to keep, what to reject and why, with pictures."""
    return render(request, "manual/manual.html", {"manual": current_manual()})
