"""How a run moves from state to state, and what may be asked of it in each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import transaction

from curation.jobs import UNHELD
from curation.projects.models import User
from training.runs.models import Cause, Run, RunEvent, RunState

ACTIVE = (RunState.WAITING, RunState.RUNNING, RunState.STOPPING)
"""States in which a supervisor looks after a run."""

LEFT: dict[str, Any] = {**UNHELD, "handle": {}}
"""The columns of a run that no supervisor and no trainer works on any more."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Can:
    """What a person may ask of a run now."""

    stop: bool
    resume: bool
    save: bool
    preview: bool


def what_can_be_asked(state: str, *, may_act: bool) -> Can:
    """What somebody who `may_act` can ask of a run in `state`."""
    running = may_act and state == RunState.RUNNING
    return Can(
        stop=running or (may_act and state == RunState.WAITING),
        resume=may_act and state in {RunState.STOPPED, RunState.FAILED},
        save=running,
        preview=running,
    )


@transaction.atomic
def move(
    *,
    run: Run,
    to: RunState,
    cause: Cause,
    actor: User | None = None,
    note: str = "",
    step: int | None = None,
    **changes: Any,
) -> bool:
    """Move `run` on from the state it was read in, and write down why.

    Gives False, changing nothing, when somebody else has moved it meanwhile.
    """
    moved = Run.objects.filter(pk=run.pk, state=run.state).update(state=to, **changes)
    if not moved:
        return False
    RunEvent.objects.create(run=run, state=to, cause=cause, actor=actor, note=note, step=step)
    run.refresh_from_db()
    return True
