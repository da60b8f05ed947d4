"""Reads of this stage."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from curation.projects.models import Project
from curation.subjects.models import Subject
from training.runs.models import Run, RunEvent, RunState
from training.runs.places import is_any_place_at_work
from training.runs.run_folder import folder_of, last_step
from training.runs.states import ACTIVE
from training.runs.telemetry import read_progress


@dataclass(frozen=True, kw_only=True, slots=True)
class ListedRun:
    """A run in a list, with how far it is."""

    run: Run
    step: int
    position: int | None
    """Its place among all that wait on this installation, from 1; None when it does not wait."""


def runs_of(project: Project) -> QuerySet[Run]:
    """The project's runs with their releases and subjects, the newest first."""
    return (
        Run.objects.filter(project=project)
        .select_related("project", "release_a__subject", "release_b__subject", "created_by")
        .order_by("-number")
    )


def listed(runs: QuerySet[Run]) -> list[ListedRun]:
    """Each run with how far it is. At most two queries, however many there are."""
    rows = list(runs)
    places = queue_places() if rows else {}
    return [ListedRun(run=run, step=step_of(run), position=places.get(run.pk)) for run in rows]


def step_of(run: Run) -> int:
    """The last step that is done: as reported by a running trainer, else as saved."""
    is_at_work = run.state in {RunState.RUNNING, RunState.STOPPING}
    return read_progress(folder_of(run)).step if is_at_work else last_step(run)


def queue_places() -> dict[int, int]:
    """The place in the queue of every waiting run, from 1."""
    waiting = Run.objects.filter(state=RunState.WAITING).order_by("queued_at", "pk")
    return {pk: place for place, pk in enumerate(waiting.values_list("pk", flat=True), start=1)}


def runs_to_look_after() -> QuerySet[Run]:
    """Every run that is not over: those at work first, then those that wait, in their order."""
    waits = Case(
        When(state=RunState.WAITING, then=Value(1)), default=Value(0), output_field=IntegerField()
    )
    return (
        Run.objects.filter(state__in=ACTIVE)
        .select_related("project", "release_a__subject__project", "release_b__subject__project")
        .order_by(waits, "queued_at", "pk")
    )


def active_runs_in(projects: Iterable[Project]) -> QuerySet[Run]:
    """The projects' runs that are not over, the oldest first."""
    return (
        Run.objects.filter(project__in=list(projects), state__in=ACTIVE)
        .select_related("project", "release_a__subject", "release_b__subject")
        .order_by("queued_at", "pk")
    )


def runs_from(subject: Subject) -> QuerySet[Run]:
    """Every run that learnt, or is to learn, from the subject's pictures."""
    either = Q(release_a__subject=subject) | Q(release_b__subject=subject)
    return (
        Run.objects.filter(either)
        .select_related("project", "release_a__subject", "release_b__subject")
        .order_by("-pk")
    )


def events_of(run: Run) -> QuerySet[RunEvent]:
    """What happened to the run, the newest first."""
    return RunEvent.objects.filter(run=run).select_related("actor").order_by("-id")


def is_supervised(run: Run) -> bool:
    """Whether a supervisor looks after the run right now, or would start it when its turn comes."""
    if run.state == RunState.WAITING:
        return is_any_place_at_work()
    return run.is_held
