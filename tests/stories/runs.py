"""Two people with releases, and a supervisor whose trainers are quick."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from config.supervise import put_back_jobs
from curation.consensus.settle import settle
from curation.images.models import Image
from curation.manual.verdicts import Verdict
from curation.projects.models import Project, User
from curation.releases.freeze_release import freeze_release
from curation.releases.models import Release
from curation.subjects.models import Subject
from tests.conftest import make_consent
from training.launchers.local import LocalLauncher
from training.runs.create_run import create_run
from training.runs.models import Run, RunState
from training.runs.run_folder import folder_of
from training.runs.telemetry import read_progress
from training.supervisor.supervise import Supervisor


class QuickLauncher(LocalLauncher):
    """Starts the small trainer, without torchrun."""

    def num_gpus(self) -> int:
        return 0

    def command(self, run_dir: Path, *, num_gpus: int) -> list[str]:
        return [sys.executable, "-m", "tests.stories.small_trainer", str(run_dir)]


@pytest.fixture
def other_subject(project: Project, admin: User) -> Subject:
    """Bob, who is invented as well."""
    bob = Subject.objects.create(project=project, slug="bob", name="Bob")
    make_consent(bob, admin)
    return bob


@pytest.fixture
def release_of(make_image: Callable[..., Image], organiser: User) -> Callable[..., Release]:
    """Freezes a new release of a subject with one more kept image."""

    def make(subject: Subject) -> Release:
        image = make_image(of=subject)
        settle(image=image, verdict=Verdict.KEEP, actor=organiser)
        return freeze_release(subject=subject, actor=organiser)

    return make


@pytest.fixture
def releases(
    release_of: Callable[..., Release], subject: Subject, other_subject: Subject
) -> tuple[Release, Release]:
    return release_of(subject), release_of(other_subject)


@pytest.fixture
def make_run(
    project: Project, admin: User, releases: tuple[Release, Release]
) -> Callable[..., Run]:
    """Asks for a run on the releases of Ada and Bob; `pace` is for the small trainer."""

    def make(*, steps: int = 30, pace: dict[str, Any] | None = None) -> Run:
        run = create_run(
            project=project,
            release_a=releases[0],
            release_b=releases[1],
            model="original",
            steps=steps,
            batch_size=8,
            actor=admin,
        )
        if pace:
            folder_of(run).mkdir(parents=True)
            set_pace(run, **pace)
        return run

    return make


def set_pace(run: Run, **pace: Any) -> None:
    (folder_of(run) / "pace.json").write_text(json.dumps(pace))


@pytest.fixture
def launcher() -> LocalLauncher:
    return QuickLauncher()


@pytest.fixture
def supervisor(launcher: LocalLauncher, db: None) -> Iterator[Supervisor]:
    """A supervisor of this machine; whatever its trainers do, they end with the test."""
    yield Supervisor(launcher, chores=(put_back_jobs,))
    for run in Run.objects.exclude(handle={}):
        launcher.kill(run.handle)


@pytest.fixture
def supervise(supervisor: Supervisor) -> Callable[..., Run]:
    """Lets the supervisor look after everything until a run is as it should be."""

    def until(
        run: Run,
        true: Callable[[Run], bool] | RunState,
        *,
        by: Supervisor = supervisor,
        seconds: float = 30,
    ) -> Run:
        deadline = time.monotonic() + seconds
        while True:
            by.tick()
            run.refresh_from_db()
            if run.state == true if isinstance(true, RunState) else true(run):
                return run
            assert time.monotonic() < deadline, f"it is still {run.state}: {run.problem}"
            time.sleep(0.05)

    return until


SLOW = {"seconds_per_step": 0.05}


def causes(run: Run) -> list[str]:
    return list(run.events.values_list("cause", flat=True))


def kill_trainer(run: Run) -> None:
    os.kill(run.handle["pid"], signal.SIGKILL)


def step_is_past(step: int) -> Callable[[Run], bool]:
    return lambda run: read_progress(folder_of(run)).step > step


def put_checkpoint(path: Path, step: int) -> None:
    """A checkpoint of no tensors at `path`, without suffix, for stories that do not open it."""
    sides = {side: {"folder": side, "manifest_sha256": f"{side}0" * 32} for side in "ab"}
    about = {
        "format": "winnow-checkpoint/1",
        "step": step,
        "model": "unheard of",
        "config": {"steps": 200, "model": "unheard of", **sides},
        "num_sampled": {"a": 0, "b": 0},
        "has_optimizer": False,
        "saved_at": "2026-11-23T07:00:00+00:00",
    }
    path.with_suffix(".json").write_text(json.dumps(about))
    path.with_suffix(".safetensors").write_bytes(b"no tensors")
