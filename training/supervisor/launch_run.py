"""Start a trainer for a run whose turn has come."""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction
from django.db.models import F

from curation.errors import Refused
from curation.subjects.gate import ConsentMissing
from curation.subjects.models import Act
from training.engine.run import commands, permission
from training.engine.run.folder import LOG_FILE
from training.launchers.protocol import Launcher, LaunchFailed
from training.runs.gate import require_consent_of_both
from training.runs.models import Cause, Run, RunState
from training.runs.run_folder import folder_of, last_step
from training.runs.states import ACTIVE, LEFT, move
from training.runs.telemetry import event_log_size
from training.supervisor.prepare import prepare
from training.supervisor.slots import take_slot


def launch_run(*, run: Run, launcher: Launcher, after_each: Callable[[], None]) -> None:
    """Prepare the folder of the waiting `run`, move it to running and start its trainer.

    It may be killed at any line: until the move the run waits, after it the next supervisor
    looks for a trainer in the folder and starts one if there is none.
    """
    try:
        folder = prepare(run=run, after_each=after_each)
        commands.clear(folder)
        num_gpus = gpus_that_share(run.batch_size, launcher.num_gpus())
    except (Refused, OSError) as error:
        _mark_not_started(run, str(error))
        return
    try:
        if not _moved_to_running(run):
            return  # stopped by somebody, or the slot was taken, while its pictures were laid out
    except ConsentMissing:
        return  # withdrawn meanwhile; the supervisor stops the run next time it looks
    try:
        permission.renew(folder)
        handle = launcher.start(folder, num_gpus=num_gpus, log=folder / LOG_FILE)
    except (LaunchFailed, OSError) as error:
        _mark_not_started(run, str(error))
        return
    if not run.mine().filter(state__in=ACTIVE).update(handle=handle):
        launcher.kill(handle)


def gpus_that_share(batch_size: int, num_gpus: int) -> int:
    """The most of `num_gpus` GPUs that can share a batch evenly."""
    return max((n for n in range(1, num_gpus + 1) if batch_size % n == 0), default=0)


@transaction.atomic
def _moved_to_running(run: Run) -> bool:
    require_consent_of_both(run.release_a, run.release_b, Act.TRAIN)
    if not take_slot(run):
        return False
    step = last_step(run)
    return move(
        run=run,
        to=RunState.RUNNING,
        cause=Cause.STARTED,
        step=step or None,
        attempt=F("attempt") + 1,
        launch_step=step,
        events_offset=event_log_size(folder_of(run)),
        handle={},
    )


def _mark_not_started(run: Run, why: str) -> None:
    move(
        run=run,
        to=RunState.FAILED,
        cause=Cause.NOT_STARTED,
        note=why,
        problem_code="not_started",
        problem=why,
        **LEFT,
    )
