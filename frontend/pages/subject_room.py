"""The subject's room: who it is, how far its pictures are, and where to go on."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from curation.projects.models import User
from curation.projects.permissions import ADMINISTER, ORGANISE
from curation.projects.signed_in import signed_in
from curation.releases.selectors import releases_of
from curation.sources.selectors import sources_with_counts
from curation.subjects.access import access_subject
from curation.subjects.gate import is_covered
from curation.subjects.models import Act, Subject
from curation.subjects.selectors import coverage_of
from curation.votes.progress import batch_progress
from frontend.pages.subject_progress import progress_of
from training.runs.selectors import listed, runs_from


@login_required
@require_safe
def subject_room(request: HttpRequest, project: str, subject: str) -> HttpResponse:
    """All of one subject: who it is, how far its pictures are, and where to go on."""
    person = signed_in(request)
    found = access_subject(person, project, subject, ORGANISE)
    context = {
        "subject": found,
        "progress": progress_of([found])[0],
        "coverage": coverage_of(found),
        "may_curate": is_covered(found, Act.CURATE),
        "sources": sources_with_counts(found),
        "batches": batch_progress(found),
        "releases": releases_of(found),
        "runs": _runs_shown(person, found),
    }
    return render(request, "subject_room/subject.html", context)


def _runs_shown(person: User, subject: Subject) -> list[object]:
    if not person.has_perm(ADMINISTER, subject.project):
        return []
    return list(listed(runs_from(subject)))
