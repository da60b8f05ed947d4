"""A run goes on to its end, whatever is killed on the way."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from django.utils import timezone

from curation.projects.models import ActionLog, User
from tests.stories.runs import SLOW, causes, set_pace, step_is_past
from training.engine.run import permission
from training.launchers.local import LocalLauncher
from training.runs.models import Cause, PlaceKind, Run, RunState
from training.runs.places import this_machine
from training.runs.refresh_preview import refresh_preview
from training.runs.resume_run import resume_run
from training.runs.run_folder import checkpoints_of, folder_of, last_step
from training.runs.save_now import save_now
from training.runs.stop_run import stop_run
from training.runs.telemetry import read_losses, read_progress
from training.supervisor.slots import send_heartbeat
from training.supervisor.supervise import Supervisor

MakeRun = Callable[..., Run]
Supervise = Callable[..., Run]


@pytest.mark.django_db
def test_a_new_run_is_started_and_comes_to_its_end(make_run: MakeRun, supervise: Supervise) -> None:
    run = supervise(make_run(), RunState.FINISHED)
    assert causes(run) == [Cause.CREATED, Cause.STARTED, Cause.DONE]
    assert (run.handle, run.held_by, run.leased_until) == ({}, "", None)
    assert [loss.step for loss in read_losses(folder_of(run))] == list(range(1, 31))
    assert [saved.step for saved in checkpoints_of(run)] == [30]


def test_the_trainer_gets_both_releases_and_their_digests(
    make_run: MakeRun, supervise: Supervise
) -> None:
    run = supervise(make_run(steps=1), RunState.FINISHED)
    folder = folder_of(run)
    config = json.loads((folder / "config.json").read_text())
    assert config["a"] == {"folder": "a", "manifest_sha256": run.release_a.manifest_sha256}
    assert (config["model"], config["steps"], config["batch_size"]) == ("original", 1, 8)
    assert len(list((folder / "a" / "images").iterdir())) == 1
    assert len(list((folder / "b" / "images").iterdir())) == 1


def test_a_program_that_cannot_be_started_fails_the_run(
    make_run: MakeRun, supervise: Supervise, db: None
) -> None:
    class Missing(LocalLauncher):
        def num_gpus(self) -> int:
            return 0

        def command(self, *args: object, **kwargs: object) -> list[str]:
            return ["/no/such/program"]

    run = supervise(make_run(), RunState.FAILED, by=Supervisor(Missing()))
    assert run.problem_code == "not_started"
    assert "no/such/program" in run.problem


def test_stop_saves_and_resume_goes_on(
    make_run: MakeRun, supervise: Supervise, admin: User, django_capture_on_commit_callbacks: object
) -> None:
    run = supervise(make_run(pace=SLOW), step_is_past(3))
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        stop_run(run=run, actor=admin)
        stop_run(run=run, actor=admin)  # pressed twice
    run = supervise(run, RunState.STOPPED)
    saved = last_step(run)
    assert 3 < saved < 30
    assert causes(run)[-2:] == [Cause.ASKED, Cause.STOPPED]

    set_pace(run)
    run = supervise(resume_run(run=run, actor=admin), RunState.FINISHED)
    assert run.events.filter(cause=Cause.STARTED).last().step == saved  # type: ignore[union-attr]
    assert [loss.step for loss in read_losses(folder_of(run))] == list(range(1, 31))
    acts = ActionLog.objects.filter(action__startswith="run.").values_list("action", flat=True)
    assert list(acts.order_by("id")) == ["run.create", "run.stop", "run.resume"]


def test_a_waiting_run_is_stopped_at_once(make_run: MakeRun, admin: User) -> None:
    assert stop_run(run=make_run(), actor=admin).state == RunState.STOPPED


def test_save_and_preview_are_obeyed(
    make_run: MakeRun, supervise: Supervise, admin: User, django_capture_on_commit_callbacks: object
) -> None:
    run = supervise(make_run(pace=SLOW | {"save_every": 1000}, steps=200), step_is_past(2))
    assert checkpoints_of(run) == []
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        save_now(run=run, actor=admin)
    refresh_preview(run=run)
    supervise(run, lambda each: bool(checkpoints_of(each)))
    supervise(run, lambda each: read_progress(folder_of(each)).preview_step is not None)


def test_what_was_saved_by_hand_outlives_the_run(
    make_run: MakeRun, supervise: Supervise, admin: User, django_capture_on_commit_callbacks: object
) -> None:
    run = supervise(make_run(pace=SLOW | {"save_every": 5}), step_is_past(11))
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        save_now(run=run, actor=admin)
    run = supervise(run, RunState.FINISHED)
    by_hand, last = (saved.step for saved in checkpoints_of(run))
    assert 11 < by_hand < last == 30


def test_runs_take_turns_on_one_machine(make_run: MakeRun, supervise: Supervise) -> None:
    first, second = make_run(pace=SLOW), make_run()
    supervise(first, RunState.RUNNING)
    supervise(first, step_is_past(5))
    second.refresh_from_db()
    assert second.state == RunState.WAITING
    supervise(second, RunState.FINISHED)
    first.refresh_from_db()
    assert first.state == RunState.FINISHED


def test_a_supervisor_that_is_shut_down_has_its_trainers_save(
    make_run: MakeRun, supervise: Supervise, supervisor: Supervisor, launcher: LocalLauncher
) -> None:
    run = supervise(make_run(pace=SLOW, steps=40), step_is_past(3))
    handle = run.handle
    supervisor.ending.set()
    supervisor.shut_down()
    run.refresh_from_db()
    assert (run.state, run.held_by, run.attempt) == (RunState.WAITING, "", 0)
    assert causes(run)[-1] == Cause.SUPERVISOR_ENDED
    assert not launcher.is_alive(handle)
    assert last_step(run) > 3

    run = supervise(run, RunState.FINISHED, by=Supervisor(launcher))
    assert [loss.step for loss in read_losses(folder_of(run))] == list(range(1, 41))


def test_another_supervisor_takes_over_a_living_trainer(
    make_run: MakeRun, supervise: Supervise, launcher: LocalLauncher
) -> None:
    """The first was killed: it never says anything again."""
    run = supervise(make_run(pace=SLOW, steps=60), step_is_past(3))
    pid = run.handle["pid"]
    heir = Supervisor(launcher)
    heir.tick()
    run.refresh_from_db()
    assert run.held_by != heir.name, "the lease of the first was not respected"

    Run.objects.filter(pk=run.pk).update(leased_until=timezone.now() - Run.lease)
    run = supervise(run, lambda each: each.held_by == heir.name, by=heir)
    assert run.handle["pid"] == pid
    run = supervise(run, RunState.FINISHED, by=heir)
    assert causes(run).count(Cause.STARTED) == 1


def test_a_run_in_trouble_does_not_keep_others_waiting(
    make_run: MakeRun, supervise: Supervise, caplog: pytest.LogCaptureFixture
) -> None:
    broken, good = make_run(), make_run()
    folder_of(broken).parent.mkdir(parents=True)
    folder_of(broken).write_text("a file where its folder should be")
    supervise(good, RunState.FINISHED)
    broken.refresh_from_db()
    assert (broken.state, broken.problem_code) == (RunState.FAILED, "not_started")


def test_a_run_whose_folder_is_gone_takes_no_permission_from_the_others(
    make_run: MakeRun, launcher: LocalLauncher
) -> None:
    gone, good = make_run(), make_run()
    place = send_heartbeat(PlaceKind.LOCAL, this_machine())
    Run.objects.update(state=RunState.RUNNING, place=place)
    folder_of(good).mkdir(parents=True)
    assert not folder_of(gone).exists()
    Supervisor(launcher).renew_permissions()
    assert (folder_of(good) / permission.FILE).exists()
