"""The supervisor's eyes and hands: see how a run stands, and do what is next."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from django.utils import timezone

from curation.subjects.models import Act
from training.engine.run import commands
from training.launchers.protocol import Launcher
from training.runs.gate import both_covered
from training.runs.models import Cause, Run, RunEvent, RunState
from training.runs.run_folder import end_of_log, folder_of, last_step
from training.runs.states import LEFT, move
from training.runs.telemetry import read_ending
from training.supervisor.launch_run import launch_run
from training.supervisor.next_action import Action, NextStep, Situation

logger = logging.getLogger(__name__)


def look_at(run: Run, launcher: Launcher, *, slot_free: bool = False) -> Situation:
    """How `run` stands, by its row, its consents, its process and its trainer's last words."""
    alive = _is_alive(run, launcher, slot_free=slot_free)
    ended = not alive and run.state != RunState.WAITING
    progressed = last_step(run) > run.launch_step
    return Situation(
        state=RunState(run.state),
        alive=alive,
        consent=both_covered(run, Act.TRAIN),
        slot_free=slot_free,
        ending=read_ending(folder_of(run), offset=run.events_offset) if ended else None,
        attempt=0 if progressed else run.attempt,
        stopping_for=_stopping_for(run),
    )


def carry_out(
    step: NextStep,
    *,
    run: Run,
    launcher: Launcher,
    after_each: Callable[[], None] = lambda: None,
) -> None:
    """Do what is next, and write down what became of the run.

    `after_each` is called now and then while it takes long.
    """
    if step.action != Action.NOTHING:
        logger.info("run_%s run=%s cause=%s", step.action.name.lower(), run.pk, step.cause)
    match step.action:
        case Action.NOTHING:
            pass
        case Action.ASK_TO_STOP:
            _ask_to_stop(run)
        case Action.KILL:
            launcher.kill(run.handle)
        case Action.LAUNCH:
            launch_run(run=run, launcher=launcher, after_each=after_each)
        case Action.ADOPT:
            move(run=run, to=RunState.RUNNING, cause=Cause.FOUND_ALIVE, handle=run.handle)
        case _:
            _end(step, run=run, launcher=launcher)


def _end(step: NextStep, *, run: Run, launcher: Launcher) -> None:
    """Move a run on whose trainer is gone, or must be."""
    if step.cause == Cause.CONSENT_MISSING:
        # At once and without saving: not one more step may be learnt from these pictures.
        handle = run.handle or launcher.find(folder_of(run))
        if handle:
            launcher.kill(handle)
    cause = step.cause or Cause.STOPPED
    ending = read_ending(folder_of(run), offset=run.events_offset)
    note = ""
    if cause in {Cause.TRAINER_DIED, Cause.GAVE_UP}:
        note = ending.message if ending and ending.message else end_of_log(run)
    changes: dict[str, Any] = {}
    match step.action:
        case Action.FINISH:
            state = RunState.FINISHED
        case Action.STOP:
            state = RunState.STOPPED
            if cause == Cause.CONSENT_MISSING:
                changes = {"problem_code": "consent_missing", "problem": ""}
        case Action.REQUEUE:
            state = RunState.WAITING
            changes = {"attempt": _attempts_that_count(run, cause)}
        case _:
            state = RunState.FAILED
            code = ending.code if ending and ending.code else "trainer_died"
            changes = {"problem_code": code, "problem": note}
    left = {"handle": {}} if state == RunState.WAITING else LEFT
    move(run=run, to=state, cause=cause, note=note, **changes, **left)


def _attempts_that_count(run: Run, cause: Cause) -> int:
    """Starts since the last new checkpoint; one that was ended from outside does not count."""
    if last_step(run) > run.launch_step:
        return 0
    return run.attempt if cause == Cause.TRAINER_DIED else max(run.attempt - 1, 0)


def _is_alive(run: Run, launcher: Launcher, *, slot_free: bool) -> bool:
    if run.handle:
        return launcher.is_alive(run.handle)
    if run.state == RunState.WAITING and not slot_free:
        return False
    # A supervisor killed between starting a trainer and noting its handle leaves one like this.
    run.handle = launcher.find(folder_of(run)) or {}
    if run.handle and run.state != RunState.WAITING:
        Run.objects.filter(pk=run.pk).update(handle=run.handle)
    return bool(run.handle)


def _ask_to_stop(run: Run) -> None:
    """Leave the stop command, unless one still waits to be obeyed."""
    if not commands.waiting(folder_of(run)):
        commands.send(folder_of(run), "stop")


def _stopping_for(run: Run) -> float:
    if run.state != RunState.STOPPING:
        return 0.0
    asked = RunEvent.objects.filter(run=run, state=RunState.STOPPING).order_by("-id").first()
    return (timezone.now() - asked.at).total_seconds() if asked else 0.0
