"""How a run stands at this moment: what its page shows and the API returns."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from curation.subjects.models import Act
from training.engine.run.checkpoint_files import SavedCheckpoint
from training.runs.gate import both_covered
from training.runs.models import Run, RunState
from training.runs.problems import problem_of
from training.runs.run_folder import checkpoints_of, folder_of, newest_preview
from training.runs.selectors import events_of, is_supervised, queue_places, step_of
from training.runs.states import ACTIVE, Can, what_can_be_asked
from training.runs.telemetry import Preparing, event_log_size, read_progress

_NUM_EVENTS = 30


@dataclass(frozen=True, kw_only=True, slots=True)
class Happening:
    """A change in a run's life, in words."""

    at: datetime
    state: str
    cause: str
    """In the reader's language."""
    actor: str | None
    step: int | None
    """The checkpoint that a trainer went on from."""
    note: str


@dataclass(frozen=True, kw_only=True, slots=True)
class RunNow:
    """All about a run that changes while one looks."""

    run: Run
    step: int
    device: str
    examples_per_second: float | None
    preparing: Preparing | None
    position: int | None
    """Its place among all that wait; None when it does not wait."""
    is_active: bool
    is_supervised: bool
    """False for a run that is not over and that no supervisor looks after."""
    can: Can
    preview_step: int | None
    """None while there is no preview, or nobody may look at it."""
    checkpoints: list[SavedCheckpoint]
    problem: str | None
    events: list[Happening]


def run_now(run: Run, *, may_act: bool) -> RunNow:
    """How `run` stands, for a person who may act on it or only look."""
    progress = read_progress(folder_of(run))
    # Until the newest trainer reports something, all events are of one that is gone.
    speaks = event_log_size(folder_of(run)) > run.events_offset
    working = speaks and run.state in {RunState.RUNNING, RunState.STOPPING}
    shows_preview = newest_preview(run).is_file() and both_covered(run, Act.TRAIN)
    return RunNow(
        run=run,
        step=step_of(run),
        device=progress.device,
        examples_per_second=progress.examples_per_second if working else None,
        preparing=progress.preparing if working else None,
        position=queue_places().get(run.pk),
        is_active=run.state in ACTIVE,
        is_supervised=is_supervised(run),
        can=what_can_be_asked(run.state, may_act=may_act),
        preview_step=progress.preview_step if shows_preview else None,
        checkpoints=checkpoints_of(run),
        problem=problem_of(run),
        events=[
            Happening(
                at=event.at,
                state=event.state,
                cause=event.get_cause_display(),
                actor=event.actor.get_username() if event.actor else None,
                step=event.step,
                note=event.note,
            )
            for event in events_of(run)[:_NUM_EVENTS]
        ],
    )
