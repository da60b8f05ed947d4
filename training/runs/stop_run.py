"""Ask a run to save a checkpoint and stop."""

from __future__ import annotations

from functools import partial

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from curation.projects import log
from curation.projects.access import require
from curation.projects.models import User
from curation.projects.permissions import ADMINISTER
from training.engine.run import commands
from training.runs.errors import RunNotActive
from training.runs.models import Cause, Run, RunState
from training.runs.run_folder import folder_of
from training.runs.states import LEFT, move


@transaction.atomic
def stop_run(*, run: Run, actor: User) -> Run:
    """Stop `run`: at once while it waits, else after the trainer has saved a checkpoint.

    Asking again changes nothing. Raises NotAllowed or RunNotActive.
    """
    require(actor, ADMINISTER, run.project)
    locked = Run.objects.select_for_update().get(pk=run.pk)
    match locked.state:
        case RunState.WAITING:
            move(run=locked, to=RunState.STOPPED, cause=Cause.ASKED, actor=actor, **LEFT)
        case RunState.RUNNING:
            move(run=locked, to=RunState.STOPPING, cause=Cause.ASKED, actor=actor)
            # Should we be killed before this, the supervisor gives the command.
            transaction.on_commit(partial(commands.send, folder_of(locked), "stop"))
        case RunState.STOPPING:
            return locked
        case _:
            raise RunNotActive(_("This run has already ended."), run=locked.number)
    log.record("run.stop", actor=actor, project=locked.project, target=locked)
    return locked
