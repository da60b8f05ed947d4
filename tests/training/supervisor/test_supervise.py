"""A run goes on to its end, whatever is killed on the way."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable

import pytest
from django.utils import timezone

from curation.projects.models import ActionLog, User
from curation.subjects.models import Subject
from curation.subjects.withdraw_consent import withdraw_consent
from tests.stories.runs import QuickLauncher, set_pace
from training.launchers.local import LocalLauncher
from training.runs.models import Cause, Run, RunState
from training.runs.refresh_preview import refresh_preview
from training.runs.resume_run import resume_run
from training.runs.run_folder import checkpoints_of, folder_of, last_step
from training.runs.save_now import save_now
from training.runs.stop_run import stop_run
from training.runs.telemetry import read_losses, read_progress
from training.supervisor.supervise import Supervisor

MakeRun = Callable[..., Run]
Supervise = Callable[..., Run]

SLOW = {"seconds_per_step": 0.05}


def causes(run: Run) -> list[str]:
    return list(run.events.values_list("cause", flat=True))


def kill_trainer(run: Run) -> None:
    os.kill(run.handle["pid"], signal.SIGKILL)


def step_is_past(step: int) -> Callable[[Run], bool]:
    return lambda run: read_progress(folder_of(run)).step > step


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


def test_a_killed_trainer_goes_on_from_its_last_checkpoint(
    make_run: MakeRun, supervise: Supervise
) -> None:
    run = supervise(make_run(pace=SLOW), step_is_past(12))
    kill_trainer(run)
    run = supervise(run, RunState.FINISHED)
    assert Cause.TRAINER_DIED in causes(run)
    restarted = run.events.filter(cause=Cause.STARTED).last()
    assert restarted is not None
    assert restarted.step == 10
    assert [loss.step for loss in read_losses(folder_of(run))] == list(range(1, 31))


def test_a_trainer_that_dies_again_and_again_is_given_up(
    make_run: MakeRun, supervise: Supervise
) -> None:
    run = supervise(make_run(pace={"dies_at": 5}), RunState.FAILED)
    assert run.problem_code == "trainer_died"
    assert causes(run).count(Cause.STARTED) == 3


def test_deaths_between_new_checkpoints_are_not_counted_together(
    make_run: MakeRun, supervise: Supervise
) -> None:
    run = make_run(steps=50, pace=SLOW | {"save_every": 5})
    for step in (6, 16, 26, 36):
        run = supervise(run, step_is_past(step))
        kill_trainer(run)
    assert supervise(run, RunState.FINISHED).attempt <= 1


def test_what_cannot_be_mended_is_not_tried_again(make_run: MakeRun, supervise: Supervise) -> None:
    run = supervise(make_run(pace={"fails_with": "too_few_faces"}), RunState.FAILED)
    assert (run.problem_code, run.problem) == ("too_few_faces", "As it was told to.")
    assert causes(run).count(Cause.STARTED) == 1


def test_what_may_be_mended_is_tried_three_times(make_run: MakeRun, supervise: Supervise) -> None:
    run = supervise(make_run(pace={"fails_with": "disk_full"}), RunState.FAILED)
    assert run.problem_code == "disk_full"
    assert causes(run).count(Cause.STARTED) == 3


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


def test_a_stop_whose_command_was_never_given_is_given_by_the_supervisor(
    make_run: MakeRun, supervise: Supervise, admin: User
) -> None:
    """As when the web process is killed between the commit and the command."""
    run = supervise(make_run(pace=SLOW, steps=2000), step_is_past(3))
    stop_run(run=run, actor=admin)  # inside the test's transaction: its command never comes
    assert not list((folder_of(run) / "commands").glob("*.json"))
    assert supervise(run, RunState.STOPPED).problem == ""


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


def test_runs_take_turns_on_one_machine(make_run: MakeRun, supervise: Supervise) -> None:
    first, second = make_run(pace=SLOW), make_run()
    supervise(first, RunState.RUNNING)
    supervise(first, step_is_past(5))
    second.refresh_from_db()
    assert second.state == RunState.WAITING
    supervise(second, RunState.FINISHED)
    first.refresh_from_db()
    assert first.state == RunState.FINISHED


def test_withdrawn_consent_ends_a_run_at_once(
    make_run: MakeRun, supervise: Supervise, other_subject: Subject, admin: User
) -> None:
    run = supervise(make_run(pace=SLOW, steps=5000), step_is_past(3))
    handle = run.handle
    withdraw_consent(consent=other_subject.consents.get(), actor=admin)
    run = supervise(run, RunState.STOPPED)
    assert run.problem_code == "consent_missing"
    assert causes(run)[-1] == Cause.CONSENT_MISSING
    supervise(run, lambda _: not QuickLauncher().is_alive(handle))


def test_withdrawn_consent_ends_a_run_that_waits(
    make_run: MakeRun, supervise: Supervise, subject: Subject, admin: User
) -> None:
    run = make_run()
    withdraw_consent(consent=subject.consents.get(), actor=admin)
    run = supervise(run, RunState.STOPPED)
    assert run.problem_code == "consent_missing"
    assert not folder_of(run).exists()


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


def test_a_trainer_whose_handle_was_never_noted_is_found(
    make_run: MakeRun, supervise: Supervise, launcher: LocalLauncher
) -> None:
    """The supervisor was killed between starting the trainer and noting its handle."""
    run = supervise(make_run(pace=SLOW, steps=60), step_is_past(3))
    pid = run.handle["pid"]
    Run.objects.filter(pk=run.pk).update(handle={})
    run = supervise(run, lambda each: bool(each.handle))
    assert run.handle["pid"] == pid
    run = supervise(run, RunState.FINISHED)
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
