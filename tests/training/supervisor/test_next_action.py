"""What the supervisor decides, for every way that a run can stand."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.runs.models import Cause, RunState
from training.runs.telemetry import TrainerEnding
from training.supervisor.next_action import (
    HOPELESS,
    MAX_STARTS,
    STOP_PATIENCE,
    Action,
    NextStep,
    Situation,
    next_action,
)

WAITING, RUNNING, STOPPING = RunState.WAITING, RunState.RUNNING, RunState.STOPPING
OVER = (RunState.STOPPED, RunState.FINISHED, RunState.FAILED)

FINISHED, STOPPED = TrainerEnding(event="finished"), TrainerEnding(event="stopped")
UNATTENDED = TrainerEnding(event="failed", code="permission_lost")
NO_MEMORY = TrainerEnding(event="failed", code="out_of_memory")
TOO_FEW = TrainerEnding(event="failed", code="too_few_faces")


def seen(state: RunState, **changed: object) -> Situation:
    """A run in that state with nobody at work on it and nothing in its way."""
    return Situation(**{"state": state, "alive": False, "consent": True, **changed})  # type: ignore[arg-type]


TABLE = [
    # A run waits for its turn, and is found at work if somebody has started it.
    (seen(WAITING), Action.NOTHING, None),
    (seen(WAITING, slot_free=True), Action.LAUNCH, Cause.STARTED),
    (seen(WAITING, slot_free=True, alive=True), Action.ADOPT, Cause.FOUND_ALIVE),
    (seen(WAITING, consent=False, slot_free=True), Action.STOP, Cause.CONSENT_MISSING),
    # A trainer at work is left alone.
    (seen(RUNNING, alive=True), Action.NOTHING, None),
    (seen(RUNNING, alive=True, attempt=MAX_STARTS), Action.NOTHING, None),
    (seen(RUNNING, alive=True, consent=False), Action.STOP, Cause.CONSENT_MISSING),
    # A trainer has ended.
    (seen(RUNNING, ending=FINISHED), Action.FINISH, Cause.DONE),
    (seen(RUNNING, ending=STOPPED), Action.REQUEUE, Cause.STOPPED_OUTSIDE),
    (seen(RUNNING, attempt=1), Action.REQUEUE, Cause.TRAINER_DIED),
    (seen(RUNNING, attempt=MAX_STARTS - 1), Action.REQUEUE, Cause.TRAINER_DIED),
    (seen(RUNNING, attempt=MAX_STARTS), Action.FAIL, Cause.GAVE_UP),
    (seen(RUNNING, attempt=1, ending=NO_MEMORY), Action.REQUEUE, Cause.TRAINER_DIED),
    (seen(RUNNING, attempt=MAX_STARTS, ending=NO_MEMORY), Action.FAIL, Cause.GAVE_UP),
    (seen(RUNNING, attempt=1, ending=TOO_FEW), Action.FAIL, Cause.GAVE_UP),
    (seen(RUNNING, attempt=MAX_STARTS, ending=UNATTENDED), Action.REQUEUE, Cause.UNATTENDED),
    (seen(RUNNING, consent=False, ending=UNATTENDED), Action.STOP, Cause.CONSENT_MISSING),
    # Somebody has asked it to stop.
    (seen(STOPPING, ending=UNATTENDED), Action.STOP, Cause.UNATTENDED),
    (seen(STOPPING, alive=True), Action.ASK_TO_STOP, None),
    (seen(STOPPING, alive=True, stopping_for=STOP_PATIENCE), Action.KILL, None),
    (seen(STOPPING, alive=True, consent=False), Action.STOP, Cause.CONSENT_MISSING),
    (seen(STOPPING, ending=STOPPED), Action.STOP, Cause.STOPPED),
    (seen(STOPPING), Action.STOP, Cause.STOPPED),
    (seen(STOPPING, ending=FINISHED), Action.FINISH, Cause.DONE),
    (seen(STOPPING, ending=NO_MEMORY), Action.FAIL, Cause.GAVE_UP),
    # It is over; whatever still trains must not.
    *((seen(state), Action.NOTHING, None) for state in OVER),
    *((seen(state, alive=True), Action.KILL, None) for state in OVER),
]


@pytest.mark.parametrize(("situation", "action", "cause"), TABLE)
def test_each_situation_has_its_action(
    situation: Situation, action: Action, cause: Cause | None
) -> None:
    assert next_action(situation) == NextStep(action=action, cause=cause)


endings = st.one_of(
    st.none(),
    st.builds(TrainerEnding, event=st.sampled_from(["finished", "stopped"])),
    st.builds(
        TrainerEnding,
        event=st.just("failed"),
        code=st.sampled_from([*sorted(HOPELESS), "disk_full"]),
    ),
)
situations = st.builds(
    Situation,
    state=st.sampled_from(RunState),
    alive=st.booleans(),
    consent=st.booleans(),
    slot_free=st.booleans(),
    ending=endings,
    attempt=st.integers(0, MAX_STARTS + 2),
    stopping_for=st.floats(0, 1000),
)


@settings(deadline=None)
@given(situations)
def test_whatever_happens_the_promises_hold(situation: Situation) -> None:
    decision = next_action(situation)
    action = decision.action

    if not situation.consent:
        assert action in {Action.STOP, Action.KILL, Action.NOTHING}, "it learns without consent"
        if situation.alive:
            assert action is not Action.NOTHING, "it goes on without consent"
    if action is Action.LAUNCH:
        assert situation.state == WAITING
        assert situation.slot_free
        assert not situation.alive, "two trainers on one run"
    if action is Action.FINISH:
        assert situation.ending == FINISHED
        assert not situation.alive
    if situation.state in OVER:
        assert action in {Action.KILL, Action.NOTHING}, "a run that is over came back to life"
    if action is Action.REQUEUE and decision.cause == Cause.TRAINER_DIED:
        assert situation.attempt < MAX_STARTS, "it is started again for ever"
    moves = action in {Action.FINISH, Action.STOP, Action.REQUEUE, Action.FAIL, Action.ADOPT}
    assert not moves or decision.cause is not None, "a run moves and nobody knows why"


def test_what_a_new_start_cannot_mend_is_known() -> None:
    assert {"config_wrong", "manifest_changed", "too_few_faces", "image_changed"} <= HOPELESS
    assert not {"disk_full", "out_of_memory", "loss_not_finite"} & HOPELESS
