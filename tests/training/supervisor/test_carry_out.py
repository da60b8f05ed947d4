"""What becomes of a run whose trainer died, gave up, may no longer train or was lost from sight."""

from __future__ import annotations

from collections.abc import Callable

from curation.projects.models import User
from curation.subjects.models import Subject
from curation.subjects.withdraw_consent import withdraw_consent
from tests.stories.runs import SLOW, QuickLauncher, causes, kill_trainer, step_is_past
from training.launchers.local import LocalLauncher
from training.runs.models import Cause, Run, RunState
from training.runs.run_folder import folder_of
from training.runs.stop_run import stop_run
from training.runs.telemetry import read_losses

MakeRun = Callable[..., Run]
Supervise = Callable[..., Run]


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


def test_a_stop_whose_command_was_never_given_is_given_by_the_supervisor(
    make_run: MakeRun, supervise: Supervise, admin: User
) -> None:
    """As when the web process is killed between the commit and the command."""
    run = supervise(make_run(pace=SLOW, steps=2000), step_is_past(3))
    stop_run(run=run, actor=admin)  # inside the test's transaction: its command never comes
    assert not list((folder_of(run) / "commands").glob("*.json"))
    assert supervise(run, RunState.STOPPED).problem == ""


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
