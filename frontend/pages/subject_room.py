"""The subject's room: who it is, how far its pictures are, and where to go on."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from curation.batches.selectors import batches_of, hand_out_of
from curation.consensus.duplicate_groups import duplicate_groups
from curation.hints.selectors import fitting_of
from curation.projects.models import User
from curation.projects.permissions import ADMINISTER, ORGANISE
from curation.questions.selectors import open_questions
from curation.releases.selectors import releases_of
from curation.sources.selectors import imports_under_way, sources_with_counts
from curation.subjects.access import access_subject
from curation.subjects.gate import is_covered
from curation.subjects.models import Act, Subject
from curation.subjects.selectors import coverage_of
from curation.votes.progress import progress_of_batches
from frontend.pages.subject_progress import progress_of
from frontend.person import page
from training.runs.selectors import listed, runs_from

BATCHES_SHOWN = 12
"""Of the open batches; all others are one link away."""


@page("GET")
def subject_room(
    request: HttpRequest, person: User, project_slug: str, subject_slug: str
) -> HttpResponse:
    """All of one subject: who it is, how far its pictures are, and where to go on."""
    subject = access_subject(person, project_slug, subject_slug, ORGANISE)
    batches = batches_of(subject)
    open_batches = batches.filter(closed_at=None).order_by("number")
    progress, under_way = progress_of([subject])[0], list(imports_under_way(subject))
    context = {
        "subject": subject,
        "progress": progress,
        "imports_under_way": under_way,
        "is_moving": bool(under_way) or not progress.analysis.is_finished,
        "coverage": coverage_of(subject),
        "may_curate": is_covered(subject, Act.CURATE),
        "hand_out": hand_out_of(subject),
        "sources": sources_with_counts(subject),
        "has_batches": batches.exists(),
        "num_duplicate_groups": len(duplicate_groups(subject, viewer=person)),
        "batches": progress_of_batches(list(open_batches[:BATCHES_SHOWN])),
        "num_questions": len(open_questions([subject.pk], person)),
        "fitting": fitting_of(subject),
        "releases": releases_of(subject),
        "runs": _runs_shown(person, subject),
    }
    return render(request, "subject_room/subject.html", context)


def _runs_shown(person: User, subject: Subject) -> list[object]:
    if not person.has_perm(ADMINISTER, subject.project):
        return []
    return list(listed(runs_from(subject)))
