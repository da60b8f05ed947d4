"""Several supervisors, on one machine or on two: no GPU gets two runs, no machine stands idle."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from curation.projects.models import User
from curation.subjects.models import Subject
from curation.subjects.withdraw_consent import withdraw_consent
from tests.conftest import make_consent
from tests.stories.runs import QuickLauncher
from training.runs.models import Place, Run, RunState
from training.runs.places import SILENCE
from training.runs.run_folder import folder_of
from training.runs.selectors import is_supervised
from training.runs.telemetry import read_progress
from training.supervisor.supervise import Supervisor

MakeRun = Callable[..., Run]
Supervise = Callable[..., Run]

SLOW = {"seconds_per_step": 0.05}


class Meeting(QuickLauncher):
    """Lets two supervisors meet after both have seen the slot free and before either moves."""

    def __init__(self, barrier: threading.Barrier) -> None:
        super().__init__()
        self._barrier = barrier

    def num_gpus(self) -> int:
        self._barrier.wait(30)
        return 0


@pytest.fixture
def end_trainers(db: None) -> Iterator[None]:
    yield
    for run in Run.objects.exclude(handle={}):
        QuickLauncher().kill(run.handle)


@pytest.mark.django_db(transaction=True)
def test_two_supervisors_that_see_the_slot_free_at_once_start_one_run(
    make_run: MakeRun, end_trainers: None
) -> None:
    for _ in range(2):
        make_run(pace=SLOW, steps=200)
    barrier = threading.Barrier(2)
    pair = [Supervisor(Meeting(barrier)) for _ in range(2)]
    problems: list[BaseException] = []

    def tick(supervisor: Supervisor) -> None:
        try:
            supervisor.tick()
        except BaseException as problem:  # noqa: BLE001, told below
            problems.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=tick, args=(each,)) for each in pair]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert problems == []
    assert barrier.broken is False
    states = list(Run.objects.order_by("pk").values_list("state", flat=True))
    assert sorted(states) == [RunState.RUNNING, RunState.WAITING]
    left = Run.objects.get(state=RunState.WAITING)
    assert (left.held_by, left.leased_until) == ("", None), "it is free for another machine"


def test_a_second_machine_takes_what_the_first_has_no_room_for(
    make_run: MakeRun, supervise: Supervise, launcher: QuickLauncher
) -> None:
    first, second = make_run(pace=SLOW, steps=400), make_run(pace=SLOW, steps=400)
    supervise(first, lambda run: read_progress(folder_of(run)).step > 2)
    second.refresh_from_db()
    assert second.state == RunState.WAITING
    other = Supervisor(launcher, place="the-other-one")
    other.tick()
    second.refresh_from_db()
    assert (second.state, second.held_by) == (RunState.RUNNING, other.name)
    first.refresh_from_db()
    assert first.held_by != other.name


def test_a_run_whose_supervisor_fell_silent_is_left_to_its_own_place(
    make_run: MakeRun, supervise: Supervise, launcher: QuickLauncher
) -> None:
    """Elsewhere nobody could tell whether its trainer lives, and two would train at once."""
    run = supervise(make_run(pace=SLOW, steps=400), lambda run: bool(run.handle))
    Run.objects.update(leased_until=timezone.now() - Run.lease)
    assert run.place is not None
    stranger = Supervisor(launcher, place=f"{run.place.name}-2")
    stranger.tick()
    stored = Run.objects.get()
    assert (stored.held_by, stored.handle) == (run.held_by, run.handle)
    heir = Supervisor(launcher)
    heir.tick()
    stored.refresh_from_db()
    assert (stored.held_by, stored.place) == (heir.name, run.place)


def test_a_waiting_run_whose_consent_ended_is_stopped_though_no_machine_has_room(
    make_run: MakeRun,
    supervise: Supervise,
    supervisor: Supervisor,
    release_of: Callable[[Subject], Any],
    project: Any,
    admin: User,
) -> None:
    first, second = make_run(pace=SLOW, steps=400), make_run()
    supervise(first, lambda run: read_progress(folder_of(run)).step > 2)
    Run.objects.filter(pk=second.pk).update(release_b=cleo_released(project, admin, release_of))
    withdraw_consent(consent=Subject.objects.get(slug="cleo").consents.get(), actor=admin)
    supervisor.tick()
    second.refresh_from_db()
    assert (second.state, second.problem_code) == (RunState.STOPPED, "consent_missing")
    first.refresh_from_db()
    assert first.state == RunState.RUNNING


def cleo_released(project: Any, admin: User, release_of: Callable[[Subject], Any]) -> Any:
    """A release of a third person, whose consent can end alone."""

    cleo = Subject.objects.create(project=project, slug="cleo", name="Cleo")
    make_consent(cleo, admin)
    return release_of(cleo)


def test_a_waiting_run_is_looked_after_while_any_supervisor_is_there(
    make_run: MakeRun, supervise: Supervise
) -> None:
    first, second = make_run(pace=SLOW, steps=400), make_run()
    assert not is_supervised(second)
    supervise(first, RunState.RUNNING)
    second.refresh_from_db()
    assert second.state == RunState.WAITING
    assert is_supervised(second)
    Place.objects.update(seen_at=timezone.now() - SILENCE - timedelta(seconds=1))
    assert not is_supervised(second)
