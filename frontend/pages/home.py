"""Home: what waits for the person who opens the site."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from curation.batches.selectors import withheld_leases
from curation.projects.models import Membership, Project, Role, User
from curation.projects.second_factor import require_second_factor
from curation.projects.selectors import memberships_of
from curation.subjects.selectors import consents_expiring_soon, subjects_in
from curation.votes.progress import batches_held_by, num_votes_by
from frontend.pages.subject_progress import SubjectProgress, progress_of
from frontend.person import page
from training.runs.selectors import active_runs_in, listed


@dataclass(frozen=True, kw_only=True, slots=True)
class Room:
    """One project on an organiser's home page."""

    project: Project
    subjects: list[SubjectProgress]


@page("GET")
def home(request: HttpRequest, person: User) -> HttpResponse:
    """What waits for this person: their batches, their subjects, their runs."""
    memberships = list(memberships_of(person))
    administered = [m.project for m in memberships if m.role == Role.ADMIN]
    if administered or person.is_staff:
        require_second_factor(person)
    context = {
        "memberships": memberships,
        "held": batches_held_by(person),
        "withheld": withheld_leases(person),
        "num_votes": num_votes_by(person),
        "rooms": _rooms(memberships),
        "runs": listed(active_runs_in(administered)),
        "expiring": consents_expiring_soon(person),
    }
    return render(request, "home/home.html", context)


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
