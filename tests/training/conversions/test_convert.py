"""A checkpoint is applied only with consent, and every attempt is on record."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from curation.errors import InvalidInput
from curation.jobs import JobState
from curation.projects.models import ActionLog, User
from curation.subjects.gate import ConsentMissing
from curation.subjects.models import Consent, Subject
from curation.subjects.withdraw_consent import withdraw_consent
from tests.conftest import DEMO
from tests.stories.runs import put_checkpoint
from tests.training.engine.saved import save_snapshot
from training.conversions.begin_conversion import begin_conversion
from training.conversions.convert import convert
from training.conversions.end_conversion import end_abandoned_conversions, end_conversion
from training.conversions.errors import NoCheckpoint
from training.conversions.models import Conversion, Into
from training.conversions.selectors import conversions_from, conversions_of
from training.engine.checkpoints.checkpoint import TrainingState
from training.engine.credentials.provenance import read_credentials
from training.engine.models.registry import architecture_named
from training.engine.run.checkpoint_files import drop_all_but
from training.runs.models import Run
from training.runs.run_folder import checkpoints_of, folder_of
from training.supervisor.prepare import config_of

PORTRAIT = DEMO / "portraits" / "ada_1.jpg"


@pytest.mark.slow
def test_a_picture_comes_out_marked_and_the_conversion_is_on_record(
    make_run: Callable[..., Run], tmp_path: Path
) -> None:
    run = make_run()
    model = architecture_named("original").build()
    state = TrainingState(
        config=config_of(run),
        step=40,
        model=model,
        optimizer=torch.optim.Adam(model.parameters()),
        num_sampled={"a": 0, "b": 0},
    )
    folder_of(run).mkdir(parents=True)
    save_snapshot(folder_of(run), state)
    said: list[str] = []

    conversion = convert(
        run=run, into=Into.B, source=PORTRAIT, target=tmp_path / "out.jpg", report=said.append
    )

    assert (conversion.state, conversion.problem, conversion.checkpoint_step) == (
        *(JobState.DONE, "", 40),
    )
    assert (tmp_path / "out.jpg").is_file()
    assert read_credentials(tmp_path / "out.jpg") is not None
    assert any("written" in line for line in said)
    acts = ActionLog.objects.filter(action__startswith="conversion").order_by("id")
    assert [act.action for act in acts] == ["conversion.start", "conversion.done"]


def test_what_the_engine_refuses_is_on_record_in_its_words(
    trained_run: Run, tmp_path: Path
) -> None:
    conversion = convert(run=trained_run, into=Into.A, source=PORTRAIT, target=tmp_path / "out.jpg")
    assert conversion.state == JobState.FAILED
    assert "unheard of" in conversion.problem
    assert conversion.checkpoint_step == 200, "it is not the last one"
    assert conversion.finished_at is not None
    assert list(conversions_of(trained_run)) == [conversion]


def test_a_checkpoint_that_is_not_there_is_refused_with_those_that_are(
    trained_run: Run, tmp_path: Path
) -> None:
    target = tmp_path / "out.jpg"
    with pytest.raises(NoCheckpoint, match="There are: 100, 200"):
        convert(run=trained_run, into=Into.A, source=PORTRAIT, target=target, checkpoint_step=7)


def test_a_checkpoint_that_was_converted_with_is_never_dropped(
    trained_run: Run, tmp_path: Path
) -> None:
    folder = folder_of(trained_run)
    steps = [saved.step for saved in checkpoints_of(trained_run)]
    convert(
        run=trained_run,
        into=Into.A,
        source=PORTRAIT,
        target=tmp_path / "out.jpg",
        checkpoint_step=steps[0],
    )
    drop_all_but(folder, set())
    assert steps[0] in [saved.step for saved in checkpoints_of(trained_run)]


def test_a_checkpoint_that_a_trainer_has_just_replaced_is_refused(
    trained_run: Run, tmp_path: Path, admin: User
) -> None:
    chosen = checkpoints_of(trained_run)[-1]
    drop_all_but(folder_of(trained_run), set())
    with pytest.raises(NoCheckpoint, match="has just replaced"):
        begin_conversion(
            run=trained_run,
            checkpoint=chosen,
            into=Into.A,
            source=PORTRAIT,
            target=tmp_path / "out.jpg",
            actor=admin,
        )
    assert not Conversion.objects.exists()


def test_at_the_same_step_the_whole_checkpoint_goes_before_the_snapshot(trained_run: Run) -> None:
    put_checkpoint(folder_of(trained_run) / "checkpoints" / "snapshot-00000200", 200)
    assert checkpoints_of(trained_run)[-1].path.name == "step-00000200.safetensors"


def test_a_run_without_checkpoints_is_refused(make_run: Callable[..., Run], tmp_path: Path) -> None:
    with pytest.raises(NoCheckpoint, match="no checkpoint yet"):
        convert(run=make_run(), into=Into.A, source=PORTRAIT, target=tmp_path / "out.jpg")
    assert not Conversion.objects.exists()


def test_without_something_to_convert_it_is_refused(trained_run: Run, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="nothing at"):
        convert(
            run=trained_run, into=Into.A, source=tmp_path / "none.jpg", target=tmp_path / "out.jpg"
        )
    assert not Conversion.objects.exists()


@pytest.mark.parametrize("slug", ["ada", "bob"])
def test_consent_to_train_is_not_consent_to_publish(
    trained_run: Run, tmp_path: Path, slug: str
) -> None:
    Consent.objects.filter(subject__slug=slug).update(covers_publish=False)
    with pytest.raises(ConsentMissing, match="publish"):
        convert(run=trained_run, into=Into.A, source=PORTRAIT, target=tmp_path / "out.jpg")
    assert not Conversion.objects.exists()
    assert not (tmp_path / "out.jpg").exists()


@pytest.mark.django_db(transaction=True)
def test_a_withdrawal_stops_a_conversion_that_is_under_way(
    trained_run: Run, tmp_path: Path, subject: Subject, admin: User
) -> None:
    """Somebody withdraws as soon as the conversion is on record; the engine has hardly started."""

    def withdraw_once_begun() -> None:
        while not Conversion.objects.exists():
            time.sleep(0.01)
        withdraw_consent(consent=subject.consents.get(), actor=admin)
        connection.close()

    somebody = threading.Thread(target=withdraw_once_begun)
    somebody.start()
    conversion = convert(run=trained_run, into=Into.A, source=PORTRAIT, target=tmp_path / "out.jpg")
    somebody.join()
    assert conversion.state == JobState.FAILED
    assert "withdrawn" in conversion.problem
    assert not (tmp_path / "out.jpg").exists()


@pytest.fixture
def begun(trained_run: Run) -> Conversion:
    """A conversion that says that it runs."""
    conversion = Conversion(
        run=trained_run, checkpoint_step=200, into=Into.A, input_path="in", output_path="out"
    )
    conversion.begin()
    return conversion


def test_a_killed_conversion_does_not_run_for_ever(begun: Conversion, tmp_path: Path) -> None:
    assert end_abandoned_conversions() == 0, "it is still at work"
    Conversion.objects.update(leased_until=timezone.now() - Conversion.lease)
    with pytest.raises(InvalidInput):  # whoever converts next finds it
        convert(run=begun.run, into=Into.A, source=tmp_path / "none", target=tmp_path / "out")
    begun.refresh_from_db()
    assert (begun.state, begun.problem) == (JobState.FAILED, "Its process was killed.")


def test_a_conversion_that_was_taken_for_killed_ends_once(begun: Conversion) -> None:
    """Its process only slept, as a closed laptop does, and goes on when somebody opens it."""
    Conversion.objects.update(leased_until=timezone.now() - Conversion.lease)
    assert end_abandoned_conversions() == 1
    end_conversion(conversion=begun)
    begun.refresh_from_db()
    assert (begun.state, begun.problem) == (JobState.FAILED, "Its process was killed.")
    acts = ActionLog.objects.filter(action__startswith="conversion.")
    assert [act.action for act in acts] == ["conversion.failed"]


def test_everything_made_from_a_person_can_be_listed(
    begun: Conversion, subject: Subject, other_subject: Subject
) -> None:
    assert list(conversions_from(subject)) == [begun]
    assert list(conversions_from(other_subject)) == [begun]
    someone = Subject.objects.create(project=subject.project, slug="eve", name="Eve")
    assert not conversions_from(someone).exists()


def test_the_command_says_what_is_wrong(trained_run: Run, tmp_path: Path) -> None:
    given = ["--project=fans", "--into=b", f"--input={PORTRAIT}", f"--output={tmp_path / 'o.jpg'}"]
    with pytest.raises(CommandError, match="There is no run 9"):
        call_command("convert", "--run=9", *given)
    with pytest.raises(CommandError, match="There is no checkpoint at step 7"):
        call_command("convert", "--run=1", "--checkpoint=7", *given)
    with pytest.raises(CommandError, match="unheard of"):
        call_command("convert", "--run=1", "--checkpoint=100", *given)
    assert Conversion.objects.get().checkpoint_step == 100
