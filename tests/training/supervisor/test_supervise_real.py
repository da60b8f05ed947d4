"""The same with the real engine under torchrun, and with supervisors that are processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest
from django.conf import settings
from django.db import connection

from curation.projects.models import Project, User
from curation.releases.models import Release
from curation.subjects.withdraw_consent import withdraw_consent
from tests.training.engine.run_folders import portraits_of, put_faces
from training.engine.models.catalogue import CATALOGUE
from training.engine.run.events import EVENTS_FILE, read_events
from training.engine.run.permission import LIFE
from training.launchers.local import LocalLauncher
from training.runs.create_run import create_run
from training.runs.models import Cause, Run, RunState
from training.runs.run_folder import checkpoints_of, folder_of, last_step
from training.runs.save_now import save_now
from training.runs.stop_run import stop_run
from training.runs.telemetry import read_losses, read_progress
from training.supervisor.prepare import prepare

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

ROOT = Path(__file__).resolve().parents[3]
TINY = "tests.training.engine.tiny"

SUPERVISOR = f"""
import django
django.setup()
from config.supervise import supervise_until_stopped
from training.launchers.local import LocalLauncher
from training.supervisor.supervise import Supervisor
supervise_until_stopped(Supervisor(LocalLauncher({TINY!r})))
"""


@pytest.fixture
def launcher() -> LocalLauncher:
    return LocalLauncher(TINY)


@pytest.fixture
def tiny_run(
    project: Project,
    admin: User,
    releases: tuple[Release, Release],
    monkeypatch: pytest.MonkeyPatch,
) -> Run:
    """A long run of the tiny model, whose faces are cut out already."""
    monkeypatch.setitem(CATALOGUE, "tiny", replace(CATALOGUE["original"], name="tiny"))
    run = create_run(
        project=project,
        release_a=releases[0],
        release_b=releases[1],
        model="tiny",
        steps=1_000_000,
        batch_size=4,
        actor=admin,
    )
    folder = prepare(run=run)
    for side, release, person in (("a", releases[0], "ada"), ("b", releases[1], "bob")):
        put_faces(folder / side, release.manifest_sha256, portraits_of(person, variants=6))
    return run


def trainers_of(run: Run) -> list[psutil.Process]:
    """The processes that train, without torchrun's own."""
    return [
        process
        for process in psutil.process_iter(["cmdline"])
        if str(folder_of(run)) in (process.info["cmdline"] or ())
        and "torch.distributed.run" not in process.info["cmdline"]
    ]


def last_started(run: Run) -> int | None:
    """The step that the newest trainer says it went on from."""
    events, _ = read_events(folder_of(run) / EVENTS_FILE, offset=run.events_offset)
    return next((event["step"] for event in events if event["event"] == "started"), None)


def step_of(run: Run) -> int:
    return read_progress(folder_of(run)).step


def test_a_killed_trainer_is_started_again_and_goes_on_from_its_checkpoint(
    tiny_run: Run, supervise: Callable[..., Run], admin: User
) -> None:
    run = supervise(tiny_run, lambda each: step_of(each) > 5, seconds=90)
    save_now(run=run, actor=admin)
    run = supervise(run, lambda each: last_step(each) > 0, seconds=90)
    saved = last_step(run)

    for process in trainers_of(run):
        process.kill()
    restarted = lambda each: each.events.filter(cause=Cause.STARTED).count() == 2  # noqa: E731
    run = supervise(run, restarted, seconds=90)
    assert run.launch_step == saved
    run = supervise(run, lambda each: step_of(each) > saved, seconds=90)

    stop_run(run=run, actor=admin)
    run = supervise(run, RunState.STOPPED, seconds=90)
    # Besides the last one there may be the best.
    assert checkpoints_of(run)[-1].step == last_step(run)
    steps = [loss.step for loss in read_losses(folder_of(run), most=10**9)]
    assert steps == sorted(set(steps))


def database_url() -> str:
    """The test database, as another process is told of it."""
    given = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{given['NAME']}"
    login = f"{given['USER']}:{given['PASSWORD']}" if given["PASSWORD"] else given["USER"]
    return f"postgres://{login}@{given['HOST']}:{given['PORT'] or 5432}/{given['NAME']}"


@pytest.fixture
def start_supervisor() -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    """Starts supervisors as processes on the test's database and files."""
    started: list[subprocess.Popen[bytes]] = []
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": database_url(),
        "DATA_DIR": str(settings.DATA_DIR),
    }

    def start() -> subprocess.Popen[bytes]:
        started.append(
            subprocess.Popen([sys.executable, "-c", SUPERVISOR], cwd=ROOT, env=environment)
        )
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()


def wait_until(true: Callable[[], Any], seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.2)


def test_a_killed_supervisor_leaves_the_trainer_at_work_and_the_next_adopts_it(
    tiny_run: Run,
    start_supervisor: Callable[[], subprocess.Popen[bytes]],
    launcher: LocalLauncher,
) -> None:
    first = start_supervisor()
    wait_until(lambda: step_of(tiny_run) > 5)
    tiny_run.refresh_from_db()
    handle, first_name = tiny_run.handle, tiny_run.held_by

    first.kill()
    first.wait()
    seen = step_of(tiny_run)
    wait_until(lambda: step_of(tiny_run) > seen)
    assert launcher.is_alive(handle)

    second = start_supervisor()
    wait_until(lambda: Run.objects.get().held_by != first_name)
    tiny_run.refresh_from_db()
    assert (tiny_run.state, tiny_run.handle) == (RunState.RUNNING, handle)

    second.send_signal(signal.SIGTERM)
    assert second.wait(60) == 0
    tiny_run.refresh_from_db()
    assert (tiny_run.state, tiny_run.handle) == (RunState.WAITING, {})
    assert not launcher.is_alive(handle)
    assert last_step(tiny_run) > seen
    assert list(tiny_run.events.values_list("cause", flat=True)) == [
        *(Cause.CREATED, Cause.STARTED, Cause.SUPERVISOR_ENDED)
    ]


def test_consent_withdrawn_while_the_supervisor_hangs_ends_the_trainer_all_the_same(
    tiny_run: Run,
    start_supervisor: Callable[[], subprocess.Popen[bytes]],
    launcher: LocalLauncher,
    admin: User,
) -> None:
    supervisor = start_supervisor()
    wait_until(lambda: step_of(tiny_run) > 5)
    tiny_run.refresh_from_db()
    supervisor.send_signal(signal.SIGSTOP)
    withdraw_consent(consent=tiny_run.release_a.subject.consents.get(), actor=admin)
    withdrawn = time.monotonic()
    wait_until(lambda: not launcher.is_alive(tiny_run.handle), seconds=LIFE + 15)
    assert time.monotonic() - withdrawn < LIFE + 10
    assert last_step(tiny_run) == 0, "it saved what it had learnt"

    supervisor.send_signal(signal.SIGCONT)
    wait_until(lambda: Run.objects.get().state == RunState.STOPPED)
    tiny_run.refresh_from_db()
    assert tiny_run.problem_code == "consent_missing"


def test_when_a_supervisor_that_hung_comes_back_the_run_goes_on(
    tiny_run: Run,
    start_supervisor: Callable[[], subprocess.Popen[bytes]],
    launcher: LocalLauncher,
    admin: User,
) -> None:
    supervisor = start_supervisor()
    wait_until(lambda: step_of(tiny_run) > 5)
    save_now(run=tiny_run, actor=admin)
    wait_until(lambda: last_step(tiny_run) > 0)
    saved = last_step(tiny_run)
    tiny_run.refresh_from_db()
    supervisor.send_signal(signal.SIGSTOP)
    wait_until(lambda: not launcher.is_alive(tiny_run.handle), seconds=LIFE + 15)

    supervisor.send_signal(signal.SIGCONT)
    wait_until(lambda: tiny_run.events.filter(cause=Cause.STARTED).count() == 2)
    assert tiny_run.events.filter(cause=Cause.UNATTENDED).exists()
    tiny_run.refresh_from_db()
    assert tiny_run.attempt == 1, "it counts as a failed start"
    wait_until(lambda: last_started(tiny_run) == saved)


def test_when_both_are_killed_the_next_supervisor_starts_the_trainer_again(
    tiny_run: Run,
    start_supervisor: Callable[[], subprocess.Popen[bytes]],
    launcher: LocalLauncher,
    admin: User,
) -> None:
    first = start_supervisor()
    wait_until(lambda: step_of(tiny_run) > 5)
    tiny_run.refresh_from_db()
    save_now(run=tiny_run, actor=admin)
    wait_until(lambda: last_step(tiny_run) > 0)
    first.kill()
    first.wait()
    launcher.kill(tiny_run.handle)
    saved = last_step(tiny_run)

    second = start_supervisor()
    wait_until(lambda: tiny_run.events.filter(cause=Cause.STARTED).count() == 2)
    wait_until(lambda: Run.objects.get().handle)
    tiny_run.refresh_from_db()
    assert (tiny_run.state, tiny_run.launch_step) == (RunState.RUNNING, saved)
    wait_until(lambda: last_started(tiny_run) == saved)
    second.send_signal(signal.SIGTERM)
    assert second.wait(60) == 0
    assert not launcher.is_alive(tiny_run.handle)
    assert last_step(tiny_run) > saved
