"""What a supervisor does next with a run: a pure function of what it sees."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from training.engine.errors import BadInput, PermissionLost
from training.runs.models import Cause, RunState
from training.runs.telemetry import TrainerEnding

MAX_STARTS = 3
"""Starts without a new checkpoint before a run is given up."""

STOP_PATIENCE = 300.0
"""Seconds that a trainer may take to save and stop before it is killed. A large checkpoint on a
busy disk takes a minute."""


class Action(Enum):
    """What to do. All but the first five also move the run to another state."""

    NOTHING = "nothing"
    ASK_TO_STOP = "ask to stop"
    KILL = "kill"
    LAUNCH = "launch"
    ADOPT = "adopt"
    FINISH = "finish"
    STOP = "stop"
    REQUEUE = "requeue"
    FAIL = "fail"


@dataclass(frozen=True, kw_only=True, slots=True)
class Situation:
    """All that the next step depends on."""

    state: RunState
    alive: bool
    """Whether a process of its trainer runs."""
    consent: bool
    """Whether consent to train is in force for both people."""
    slot_free: bool = False
    """Whether this place has no other run at work, and it is this one's turn."""
    ending: TrainerEnding | None = None
    """The newest trainer's last words; None when it was cut short."""
    attempt: int = 0
    """Starts since the last new checkpoint."""
    stopping_for: float = 0.0
    """Seconds since it was asked to stop."""


@dataclass(frozen=True, kw_only=True, slots=True)
class NextStep:
    """What to do, and why."""

    action: Action
    cause: Cause | None = None


def next_action(seen: Situation) -> NextStep:
    """What to do now. Without consent nothing goes on, whatever the state."""
    match seen.state:
        case RunState.WAITING | RunState.RUNNING | RunState.STOPPING if not seen.consent:
            return NextStep(action=Action.STOP, cause=Cause.CONSENT_MISSING)
        case RunState.WAITING:
            return _of_waiting(seen)
        case RunState.RUNNING | RunState.STOPPING if not seen.alive:
            return _of_ended(seen)
        case RunState.STOPPING:
            patient = seen.stopping_for < STOP_PATIENCE
            return NextStep(action=Action.ASK_TO_STOP if patient else Action.KILL)
        case RunState.RUNNING:
            return NextStep(action=Action.NOTHING)
        case _:  # stopped, finished or failed: nobody may train any more
            return NextStep(action=Action.KILL if seen.alive else Action.NOTHING)


def _of_waiting(seen: Situation) -> NextStep:
    if seen.alive:
        return NextStep(action=Action.ADOPT, cause=Cause.FOUND_ALIVE)
    if seen.slot_free:
        return NextStep(action=Action.LAUNCH, cause=Cause.STARTED)
    return NextStep(action=Action.NOTHING)


def _of_ended(seen: Situation) -> NextStep:
    """The trainer is gone: what its last words, or their lack, mean for the run."""
    asked = seen.state == RunState.STOPPING
    match seen.ending:
        case TrainerEnding(event="finished"):
            return NextStep(action=Action.FINISH, cause=Cause.DONE)
        case TrainerEnding(code=PermissionLost.code):
            # Consent is in force: it was the supervisor that fell silent.
            action = Action.STOP if asked else Action.REQUEUE
            return NextStep(action=action, cause=Cause.UNATTENDED)
        case TrainerEnding(event="failed", code=code) if asked or code in HOPELESS:
            return NextStep(action=Action.FAIL, cause=Cause.GAVE_UP)
        case _ if asked:
            return NextStep(action=Action.STOP, cause=Cause.STOPPED)
        case TrainerEnding(event="stopped"):
            return NextStep(action=Action.REQUEUE, cause=Cause.STOPPED_OUTSIDE)
        case _:
            return _of_died(seen)


def _of_died(seen: Situation) -> NextStep:
    if seen.attempt < MAX_STARTS:
        return NextStep(action=Action.REQUEUE, cause=Cause.TRAINER_DIED)
    return NextStep(action=Action.FAIL, cause=Cause.GAVE_UP)


def _codes_below(kind: type[BadInput]) -> set[str]:
    return {kind.code}.union(*(_codes_below(each) for each in kind.__subclasses__()))


HOPELESS = frozenset(_codes_below(BadInput))
"""Failures that a new start meets again: what was given to the trainer is wrong."""
