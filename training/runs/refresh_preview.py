"""Ask a running trainer for a new preview now."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from training.engine.run import commands
from training.runs.errors import RunNotRunning
from training.runs.models import Run, RunState
from training.runs.run_folder import folder_of


def refresh_preview(*, run: Run) -> None:
    """Have a preview drawn after the step at hand. It changes nothing, so it is not logged.

    Raises RunNotRunning.
    """
    if run.state != RunState.RUNNING:
        raise RunNotRunning(_("This run is not running, so there is no new preview."))
    commands.send(folder_of(run), "preview")
