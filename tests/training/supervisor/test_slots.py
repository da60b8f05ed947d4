"""Several supervisors, on one machine or on two: no GPU gets two runs, no machine stands idle."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.db.models import Q
from django.utils import timezone

from curation.projects.models import User
from curation.subjects.models import Subject
from curation.subjects.withdraw_consent import withdraw_consent
from tests.conftest import make_consent
from tests.stories.runs import QuickLauncher, kill_trainer
from training.runs.models import Place, PlaceKind, Run, RunState
from training.runs.places import FORSAKEN, SILENCE, forsaken, this_machine
from training.runs.resume_run import resume_run
from training.runs.run_folder import folder_of, last_step
from training.runs.selectors import is_supervised
from training.runs.telemetry import read_progress
from training.supervisor.slots import send_heartbeat
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


@pytest.mark.parametrize("state", [RunState.RUNNING, RunState.STOPPING])
def test_a_run_outlives_the_name_of_its_host(
    make_run: MakeRun,
    supervise: Supervise,
    launcher: QuickLauncher,
    admin: User,
    monkeypatch: pytest.MonkeyPatch,
    state: RunState,
) -> None:
    """The container was made anew, and has another name and no process of before."""
    monkeypatch.setattr("platform.node", lambda: "3f2a9c")
    run = cut_off(make_run, supervise, state, by=Supervisor(launcher))
    monkeypatch.setattr("platform.node", lambda: "b81d07")
    anew = Supervisor(launcher)
    goes_on(run, state, supervise, anew, admin)


@pytest.mark.parametrize("state", [RunState.RUNNING, RunState.STOPPING])
def test_a_run_outlives_its_place_when_that_is_gone_for_good(
    make_run: MakeRun, supervise: Supervise, launcher: QuickLauncher, admin: User, state: RunState
) -> None:
    """The database is there, but the machine and its DATA_DIR are lost."""
    run = cut_off(make_run, supervise, state, by=Supervisor(launcher, place="lost"))
    elsewhere = Supervisor(launcher, place="new")
    elsewhere.tick()
    run.refresh_from_db()
    assert run.state == state, "it was taken over before its trainer must have ended"
    Place.objects.filter(name="lost").update(seen_at=timezone.now() - FORSAKEN)
    Run.objects.update(leased_until=timezone.now() - FORSAKEN)
    goes_on(run, state, supervise, elsewhere, admin)


@pytest.mark.parametrize("state", [RunState.RUNNING, RunState.STOPPING])
def test_a_run_outlives_the_move_of_its_files(
    make_run: MakeRun,
    supervise: Supervise,
    launcher: QuickLauncher,
    admin: User,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    state: RunState,
) -> None:
    """A backup is restored under another path of another host."""
    run = cut_off(make_run, supervise, state, by=Supervisor(launcher))
    moved = tmp_path.with_name(f"{tmp_path.name}-restored")
    shutil.copytree(settings.DATA_DIR, moved)
    monkeypatch.setattr(settings, "DATA_DIR", moved)
    monkeypatch.setattr("platform.node", lambda: "b81d07")
    goes_on(run, state, supervise, Supervisor(launcher), admin)


def cut_off(make_run: MakeRun, supervise: Supervise, state: RunState, *, by: Supervisor) -> Run:
    """A run in that state whose supervisor and trainer were killed, a while ago."""
    run = supervise(make_run(pace=SLOW), lambda each: last_step(each) > 0, by=by)
    kill_trainer(run)
    lease_over = timezone.now() - Run.lease
    Run.objects.filter(pk=run.pk).update(state=state, leased_until=lease_over)
    return run


def goes_on(
    run: Run, state: RunState, supervise: Supervise, supervisor: Supervisor, admin: User
) -> None:
    """It comes to its end; one that was being stopped is stopped, and can be resumed."""
    if state == RunState.STOPPING:
        run = supervise(run, RunState.STOPPED, by=supervisor)
        resume_run(run=run, actor=admin)
    run = supervise(run, RunState.FINISHED, by=supervisor)
    assert last_step(run) == 30


def test_two_machines_never_take_the_same_forsaken_run(
    make_run: MakeRun, supervise: Supervise, launcher: QuickLauncher
) -> None:
    run = cut_off(make_run, supervise, RunState.RUNNING, by=Supervisor(launcher, place="lost"))
    Place.objects.filter(name="lost").update(seen_at=timezone.now() - FORSAKEN)
    Run.objects.update(leased_until=timezone.now() - FORSAKEN)
    takers = []
    for name in ("one", "other"):
        place = send_heartbeat(PlaceKind.LOCAL, name)
        seen = Run.objects.get(pk=run.pk)
        if seen.take(name, only_if=Q(state=RunState.RUNNING) & forsaken(), place=place):
            takers.append(name)
    assert takers == ["one"]


def test_a_machine_keeps_its_name_and_two_have_different_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = set()
    for folder in ("one", "other"):
        monkeypatch.setattr(settings, "DATA_DIR", tmp_path / folder)
        assert this_machine() == this_machine()
        names.add(this_machine())
    assert len(names) == 2
    assert all(0 < len(name) <= 64 for name in names)


def test_machines_that_share_their_files_are_told_apart_by_a_setting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(settings, "MACHINE_NAME", "gpu-2")
    assert this_machine() == "gpu-2"


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
