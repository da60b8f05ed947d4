"""Everything that was made from a subject's pictures, for when they no longer agree to it."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from curation.projects.permissions import ADMINISTER, ORGANISE
from curation.projects.signed_in import signed_in
from curation.releases.selectors import releases_of
from curation.subjects.access import access_subject
from curation.subjects.selectors import coverage_of
from training.conversions.selectors import conversions_from
from training.runs.selectors import listed, runs_from


@login_required
@require_safe
def derived(request: HttpRequest, project: str, subject: str) -> HttpResponse:
    """The subject's releases, the runs that learnt from them, and what those runs converted."""
    person = signed_in(request)
    found = access_subject(person, project, subject, ORGANISE)
    context = {
        "subject": found,
        "uncovered": [row.act for row in coverage_of(found) if not row.is_covered],
        "releases": releases_of(found),
        "runs": listed(runs_from(found)),
        "conversions": conversions_from(found),
        "may_see_paths": person.has_perm(ADMINISTER, found.project),
    }
    return render(request, "derived/derived.html", context)
