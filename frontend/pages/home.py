"""Home: what waits for the person who opens the site."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from curation.batches.selectors import withheld_leases
from curation.gold.selectors import num_hidden_answers
from curation.notices.selectors import stuck_mails
from curation.projects.access import require_second_factor_of_admins
from curation.projects.models import Membership, Project, Role, User
from curation.projects.selectors import memberships_of
from curation.questions.selectors import open_questions
from curation.subjects.models import Subject
from curation.subjects.selectors import consents_expiring_soon, subjects_in
from curation.votes.progress import batches_held_by, num_votes_by
from curation.votes.take_work import WHY_NOT, next_held
from curation.votes.work import sizes_to_take, work_for
from frontend.pages.subject_progress import SubjectProgress, progress_of
from frontend.person import page
from training.runs.selectors import active_runs_in, listed


@dataclass(frozen=True, kw_only=True, slots=True)
class Room:
    """One project on an organiser's home page."""

    project: Project
    subjects: list[SubjectProgress]


@dataclass(frozen=True, kw_only=True, slots=True)
class Waiting:
    """How many questions about a subject's pictures wait for an answer."""

    subject: Subject
    num: int


@page("GET")
def home(request: HttpRequest, person: User) -> HttpResponse:
    """What waits for this person: their batches, their subjects, their runs."""
    memberships = list(memberships_of(person))
    administered = [m.project for m in memberships if m.role == Role.ADMIN]
    require_second_factor_of_admins(person, memberships)
    held = batches_held_by(person)
    go_on = next_held(held)
    work = None if go_on else work_for(person)
    rooms = _rooms(memberships)
    context = {
        "memberships": memberships,
        "held": held,
        "go_on": go_on,
        "work": work,
        "why_not": work and WHY_NOT[work],
        "taken_sizes": sorted(sizes_to_take(person)) if work == "some" else [],
        "withheld": withheld_leases(person),
        "num_votes": num_votes_by(person) + num_hidden_answers(person),
        "rooms": rooms,
        "questions": _questions(rooms, person),
        "runs": listed(active_runs_in(administered)),
        "stuck_mails": stuck_mails(administered) if administered else None,
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


def _questions(rooms: list[Room], person: User) -> list[Waiting]:
    """By subject, where there are any."""
    subjects = {row.subject.pk: row.subject for room in rooms for row in room.subjects}
    nums = Counter(each.image.subject_id for each in open_questions(subjects, person))
    return [Waiting(subject=subjects[pk], num=num) for pk, num in nums.items()]
