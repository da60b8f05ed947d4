"""What people ask of runs: to be made, stopped and resumed, and who may."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable

import pytest

from curation.errors import InvalidInput, NotFound
from curation.projects.models import ActionLog, Project, User
from curation.releases.models import Release
from curation.subjects.gate import ConsentMissing
from curation.subjects.models import Subject
from curation.subjects.withdraw_consent import withdraw_consent
from training.runs.create_run import create_run
from training.runs.errors import RunNotActive, RunNotResumable, RunNotRunning
from training.runs.models import Cause, Run, RunState
from training.runs.refresh_preview import refresh_preview
from training.runs.resume_run import resume_run
from training.runs.save_now import save_now
from training.runs.selectors import queue_places, runs_to_look_after
from training.runs.stop_run import stop_run

MakeRun = Callable[..., Run]
OVER = [RunState.STOPPED, RunState.FINISHED, RunState.FAILED]


def in_state(run: Run, state: RunState) -> Run:
    Run.objects.filter(pk=run.pk).update(state=state)
    run.refresh_from_db()
    return run


def test_a_run_notes_both_digests_and_waits(
    make_run: MakeRun, releases: tuple[Release, Release], admin: User
) -> None:
    run = make_run(steps=200)
    assert (run.number, run.state) == (1, RunState.WAITING)
    assert run.manifest_a_sha256 == releases[0].manifest_sha256
    assert run.manifest_b_sha256 == releases[1].manifest_sha256
    event = run.events.get()
    assert (event.cause, event.actor) == (Cause.CREATED, admin)
    logged = ActionLog.objects.get(action="run.create")
    assert (logged.details["a"], logged.details["steps"]) == ("Ada / release 1", 200)
    assert make_run().number == 2


def test_the_web_process_does_without_torch() -> None:
    """It would cost every worker hundreds of megabytes."""
    program = (
        "import sys, django; django.setup(); import config.urls; sys.exit('torch' in sys.modules)"
    )
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings"}
    subprocess.run([sys.executable, "-c", program], env=environment, check=True)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"steps": 0}, "Steps"),
        ({"batch_size": 0}, "Batch size"),
        ({"batch_size": 100_000}, "Batch size"),
        ({"model": "no such"}, "no such"),
    ],
)
def test_what_makes_no_sense_is_refused(
    project: Project,
    admin: User,
    releases: tuple[Release, Release],
    wrong: dict[str, object],
    message: str,
) -> None:
    right: dict[str, object] = {"model": "original", "steps": 10, "batch_size": 8}
    with pytest.raises(InvalidInput, match=message):
        create_run(
            project=project,
            release_a=releases[0],
            release_b=releases[1],
            actor=admin,
            **(right | wrong),  # type: ignore[arg-type]
        )
    assert not Run.objects.exists()


def test_two_releases_of_one_person_make_no_run(
    project: Project, admin: User, subject: Subject, release_of: Callable[[Subject], Release]
) -> None:
    with pytest.raises(InvalidInput, match="two different people"):
        create_run(
            project=project,
            release_a=release_of(subject),
            release_b=release_of(subject),
            model="original",
            steps=1,
            batch_size=1,
            actor=admin,
        )


def test_releases_of_another_project_are_out_of_reach(
    stranger: User, admin: User, releases: tuple[Release, Release]
) -> None:
    with pytest.raises(NotFound):
        create_run(
            project=Project.objects.get(slug="others"),
            release_a=releases[0],
            release_b=releases[1],
            model="original",
            steps=1,
            batch_size=1,
            actor=admin,
        )


@pytest.mark.parametrize("slug", ["ada", "bob"])
def test_without_consent_of_either_no_run_begins_or_goes_on(
    make_run: MakeRun, admin: User, slug: str
) -> None:
    run = in_state(make_run(), RunState.STOPPED)
    withdraw_consent(consent=Subject.objects.get(slug=slug).consents.get(), actor=admin)
    with pytest.raises(ConsentMissing):
        make_run()
    with pytest.raises(ConsentMissing):
        resume_run(run=run, actor=admin)
    assert Run.objects.get().state == RunState.STOPPED


@pytest.mark.parametrize("state", OVER)
def test_what_is_over_cannot_be_stopped(make_run: MakeRun, admin: User, state: RunState) -> None:
    with pytest.raises(RunNotActive):
        stop_run(run=in_state(make_run(), state), actor=admin)


@pytest.mark.parametrize("state", [RunState.RUNNING, RunState.STOPPING, RunState.FINISHED])
def test_what_is_at_work_or_done_cannot_be_resumed(
    make_run: MakeRun, admin: User, state: RunState
) -> None:
    with pytest.raises(RunNotResumable):
        resume_run(run=in_state(make_run(), state), actor=admin)


@pytest.mark.parametrize("state", [RunState.WAITING, RunState.STOPPING, *OVER])
def test_only_a_running_trainer_saves_and_draws(
    make_run: MakeRun, admin: User, state: RunState
) -> None:
    run = in_state(make_run(), state)
    with pytest.raises(RunNotRunning):
        save_now(run=run, actor=admin)
    with pytest.raises(RunNotRunning):
        refresh_preview(run=run)


def test_a_resumed_run_goes_behind_those_that_wait(make_run: MakeRun, admin: User) -> None:
    first, second, third = make_run(), make_run(), make_run()
    stop_run(run=first, actor=admin)
    first = resume_run(run=first, actor=admin)
    assert queue_places() == {second.pk: 1, third.pk: 2, first.pk: 3}
    assert resume_run(run=first, actor=admin).state == RunState.WAITING  # pressed twice


def test_runs_at_work_are_looked_after_before_those_that_wait(make_run: MakeRun) -> None:
    waiting, running, done = make_run(), make_run(), make_run()
    in_state(running, RunState.RUNNING)
    in_state(done, RunState.FINISHED)
    assert list(runs_to_look_after()) == [running, waiting]


@pytest.mark.parametrize("num_runs", [1, 20])
def test_looking_for_work_costs_one_query(
    make_run: MakeRun, num_runs: int, django_assert_num_queries: Callable[..., object]
) -> None:
    for _ in range(num_runs):
        make_run()
    with django_assert_num_queries(1):  # type: ignore[attr-defined]
        for run in runs_to_look_after():
            assert (run.release_a.subject.name, run.release_b.subject.name) == ("Ada", "Bob")
