"""Ask a running trainer for a checkpoint now."""

from __future__ import annotations

from functools import partial

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from curation.projects import log
from curation.projects.access import require
from curation.projects.models import User
from curation.projects.permissions import ADMINISTER
from training.engine.run import commands
from training.runs.errors import RunNotRunning
from training.runs.models import Run, RunState
from training.runs.run_folder import folder_of


@transaction.atomic
def save_now(*, run: Run, actor: User) -> None:
    """Have a checkpoint saved after the step at hand. Raises NotAllowed or RunNotRunning."""
    require(actor, ADMINISTER, run.project)
    locked = Run.objects.select_for_update().get(pk=run.pk)
    if locked.state != RunState.RUNNING:
        raise RunNotRunning(_("This run is not running, so nothing can be saved."))
    log.record("run.save", actor=actor, project=locked.project, target=locked)
    transaction.on_commit(partial(commands.send, folder_of(locked), "save"))
