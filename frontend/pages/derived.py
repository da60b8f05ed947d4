"""Everything that was made from a subject's pictures, for when they no longer agree to it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from curation.projects.models import User
from curation.projects.permissions import ADMINISTER, ORGANISE
from curation.releases.selectors import releases_of
from curation.subjects.access import access_subject
from curation.subjects.selectors import coverage_of
from frontend.person import page
from training.conversions.selectors import conversions_from
from training.runs.selectors import listed, runs_from


@page("GET")
def derived(
    request: HttpRequest, person: User, project_slug: str, subject_slug: str
) -> HttpResponse:
    """The subject's releases, the runs that learnt from them, and what those runs converted."""
    subject = access_subject(person, project_slug, subject_slug, ORGANISE)
    context = {
        "subject": subject,
        "uncovered": [row.act for row in coverage_of(subject) if not row.is_covered],
        "releases": releases_of(subject),
        "runs": listed(runs_from(subject)),
        "conversions": conversions_from(subject),
        "may_see_paths": person.has_perm(ADMINISTER, subject.project),
    }
    return render(request, "derived/derived.html", context)
