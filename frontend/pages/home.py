"""Home and the subject's room: the two pages that show all stages at once."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from curation.analysis.selectors import AnalysisProgress, analysis_progresses
from curation.consensus.selectors import StateCounts, state_counts_of
from frontend.api.errors import signed_in
from curation.images.selectors import sources_with_counts
from curation.projects.models import Membership, Project, Role, User
from curation.projects.rules import ADMINISTER, ORGANISE
from curation.projects.selectors import memberships_of
from curation.releases.selectors import releases_of
from curation.subjects.access import access_subject
from curation.subjects.gate import is_covered
from curation.subjects.models import Act, Subject
from curation.subjects.selectors import consents_expiring_soon, coverage_of, subjects_in
from curation.votes.progress import batch_progress, batches_held_by, num_votes_by
from training.runs.selectors import active_runs_in, listed, runs_from


@dataclass(frozen=True, kw_only=True, slots=True)
class SubjectProgress:
    """How far one subject's pictures are along the flow."""

    subject: Subject
    analysis: AnalysisProgress
    states: StateCounts


@dataclass(frozen=True, kw_only=True, slots=True)
class Room:
    """One project on an organiser's home page."""

    project: Project
    subjects: list[SubjectProgress]


def progress_of(subjects: list[Subject]) -> list[SubjectProgress]:
    """How far each subject is, in a fixed number of queries."""
    analyses = analysis_progresses(subjects)
    states = state_counts_of(subjects)
    return [
        SubjectProgress(
            subject=subject,
            analysis=analyses[subject.pk],
            states=states.get(subject.pk) or StateCounts(),
        )
        for subject in subjects
    ]


@login_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What waits for this person: their batches, their subjects, their runs."""
    person = signed_in(request)
    memberships = list(memberships_of(person))
    administered = [m.project for m in memberships if m.role == Role.ADMIN]
    context = {
        "memberships": memberships,
        "held": batches_held_by(person),
        "num_votes": num_votes_by(person),
        "rooms": _rooms(memberships),
        "runs": listed(active_runs_in(administered)),
        "expiring": consents_expiring_soon(person),
    }
    return render(request, "overview/home.html", context)


def _rooms(memberships: list[Membership]) -> list[Room]:
    """The projects that the person organises, each with its subjects."""
    organised = [m.project for m in memberships if m.role in (Role.ORGANISER, Role.ADMIN)]
    progress = progress_of(list(subjects_in(organised)))
    return [
        Room(
            project=project,
            subjects=[row for row in progress if row.subject.project_id == project.pk],
        )
        for project in organised
    ]


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
    return render(request, "overview/subject.html", context)


def _runs_shown(person: User, subject: Subject) -> list[object]:
    if not person.has_perm(ADMINISTER, subject.project):
        return []
    return list(listed(runs_from(subject)))
