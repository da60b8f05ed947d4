"""The folder that a run's trainer works in: where it is, and what lies in it for us to read."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from training.engine.run import checkpoint_files
from training.engine.run.checkpoint_files import SavedCheckpoint
from training.engine.run.folder import (
    LOG_FILE,
    NEWEST_MASKED_PREVIEW,
    NEWEST_PREVIEW,
    PREVIEWS,
)
from training.runs.models import Run

_TAIL_BYTES = 2000


def folder_of(run: Run) -> Path:
    """Where the run's files are, whether or not any are there yet."""
    return Path(settings.DATA_DIR) / "runs" / str(run.pk)


def newest_preview(run: Run, *, masked: bool = False) -> Path:
    """The picture that shows how far the run is; the trainer replaces it now and then.

    `masked` is the same with all but the faces veiled.
    """
    return folder_of(run) / PREVIEWS / (NEWEST_MASKED_PREVIEW if masked else NEWEST_PREVIEW)


def checkpoints_of(run: Run) -> list[SavedCheckpoint]:
    """The run's checkpoints, the oldest first."""
    return checkpoint_files.saved_checkpoints(folder_of(run))


def last_step(run: Run) -> int:
    """The step that a new trainer would go on from; 0 before the first checkpoint."""
    return checkpoint_files.last_step(folder_of(run))


def end_of_log(run: Run) -> str:
    """The last lines that the trainer printed, for when it died without a word."""
    try:
        with (folder_of(run) / LOG_FILE).open("rb") as file:
            file.seek(0, 2)
            file.seek(max(0, file.tell() - _TAIL_BYTES))
            tail = file.read().decode(errors="replace")
    except FileNotFoundError:
        return ""
    return "\n".join(tail.splitlines()[-12:])
