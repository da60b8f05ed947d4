"""The folder that a run's trainer works in: where it is, and what lies in it for us to read."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings

from training.runs.models import Run

LOG_FILE = "trainer.log"
_TAIL_BYTES = 2000


def folder_of(run: Run) -> Path:
    """Where the run's files are, whether or not any are there yet."""
    return Path(settings.DATA_DIR) / "runs" / str(run.pk)


def newest_preview(run: Run, *, masked: bool = False) -> Path:
    """The picture that shows how far the run is; the trainer replaces it now and then.

    `masked` is the same with all but the faces veiled.
    """
    return folder_of(run) / "previews" / ("preview.mask.webp" if masked else "preview.webp")


@dataclass(frozen=True, kw_only=True, slots=True)
class SavedCheckpoint:
    """A state of the model on disk, that a conversion can use."""

    step: int
    saved_at: datetime
    path: Path
    """The `.safetensors` file."""


def checkpoints_of(run: Run) -> list[SavedCheckpoint]:
    """The run's checkpoints, the oldest first. Half-written or foreign files are passed over."""
    found: dict[int, SavedCheckpoint] = {}
    # At the same step the whole checkpoint counts, not the snapshot: that holds the same
    # weights in half precision.
    for about_file in (folder_of(run) / "checkpoints").glob("s*-*.json"):
        tensors = about_file.with_suffix(".safetensors")
        try:
            about = json.loads(about_file.read_text(encoding="utf-8"))
            saved = SavedCheckpoint(
                step=int(about["step"]),
                saved_at=datetime.fromisoformat(about["saved_at"]),
                path=tensors,
            )
        except (OSError, ValueError, KeyError, TypeError):
            continue
        if tensors.is_file() and (saved.step not in found or about_file.stem.startswith("step-")):
            found[saved.step] = saved
    return [found[step] for step in sorted(found)]


def last_step(run: Run) -> int:
    """The step that a new trainer would go on from; 0 before the first checkpoint."""
    pointer = folder_of(run) / "checkpoints" / "last.json"
    try:
        return int(json.loads(pointer.read_text(encoding="utf-8"))["step"])
    except (OSError, ValueError, KeyError, TypeError):
        return 0


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
