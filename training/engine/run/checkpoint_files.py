"""What checkpoints on disk say of themselves: read without torch, and without their tensors.

A checkpoint is two files of one name: tensors in `.safetensors` and the rest, readable, in
`.json`. `last.json` names the one to go on from and `best.json` the one with the lowest average
loss. Snapshots, the weights alone in half precision, stay for good.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from curation.files import write_json
from training.engine.run.folder import CHECKPOINTS

FORMAT = "winnow-checkpoint/1"
LAST, BEST = "last.json", "best.json"
_STEP, _SNAPSHOT = "step-", "snapshot-"


@dataclass(frozen=True, kw_only=True, slots=True)
class SavedCheckpoint:
    """A state of the model on disk, that a conversion can use."""

    step: int
    saved_at: datetime
    path: Path
    """The `.safetensors` file."""


def checkpoint_path(run_dir: Path, step: int) -> Path:
    """Where the tensors to go on from lie, saved at a step."""
    return run_dir / CHECKPOINTS / f"{_STEP}{step:08d}.safetensors"


def snapshot_path(run_dir: Path, step: int) -> Path:
    """Where the weights that stay lie, saved at a step."""
    return run_dir / CHECKPOINTS / f"{_SNAPSHOT}{step:08d}.safetensors"


def about_path(tensors: Path) -> Path:
    """The `.json` beside a checkpoint's tensors."""
    return tensors.with_suffix(".json")


def read_about(tensors: Path) -> dict[str, Any]:
    """What a checkpoint says of itself. Raises OSError, or ValueError when it is not readable."""
    about = json.loads(about_path(tensors).read_text(encoding="utf-8"))
    if not isinstance(about, dict):
        raise ValueError("it is no JSON object")
    if about.get("format") != FORMAT:
        raise ValueError(f"its format is {about.get('format')!r}, not {FORMAT!r}")
    return about


def point_to(run_dir: Path, pointer: str, tensors: Path, **said: Any) -> None:
    """Let `last.json` or `best.json` name a checkpoint. Raises DiskFull."""
    write_json(run_dir / CHECKPOINTS / pointer, {"file": tensors.name, **said})


def pointed_to(run_dir: Path, pointer: str) -> Path:
    """The tensors that `last.json` or `best.json` names.

    Raises FileNotFoundError when there is no pointer, another OSError or ValueError when it
    cannot be read.
    """
    return run_dir / CHECKPOINTS / str(_said_by(run_dir, pointer, "file"))


def last_step(run_dir: Path) -> int:
    """The step that a new trainer would go on from; 0 before the first checkpoint."""
    try:
        return int(_said_by(run_dir, LAST, "step"))
    except (OSError, ValueError, TypeError):
        return 0


def saved_checkpoints(run_dir: Path) -> list[SavedCheckpoint]:
    """The run's checkpoints, the oldest first. Half-written or foreign files are passed over."""
    by_step: dict[int, SavedCheckpoint] = {}
    # The whole checkpoints last: at the same step they count, not the snapshot, which holds the
    # same weights in half precision.
    for kind in (_SNAPSHOT, _STEP):
        for about_file in (run_dir / CHECKPOINTS).glob(f"{kind}*.json"):
            saved = _saved(about_file.with_suffix(".safetensors"))
            if saved is not None:
                by_step[saved.step] = saved
    return [by_step[step] for step in sorted(by_step)]


def drop_all_but(run_dir: Path, kept: set[str]) -> None:
    """Delete every checkpoint but those with the names `kept`, without suffix; no snapshot."""
    for old in (run_dir / CHECKPOINTS).glob(f"{_STEP}*.*"):
        if old.stem not in kept:
            old.unlink()


def _saved(tensors: Path) -> SavedCheckpoint | None:
    try:
        about = read_about(tensors)
        step, saved_at = int(about["step"]), datetime.fromisoformat(about["saved_at"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return (
        SavedCheckpoint(step=step, saved_at=saved_at, path=tensors) if tensors.is_file() else None
    )


def _said_by(run_dir: Path, pointer: str, field: str) -> Any:
    said = json.loads((run_dir / CHECKPOINTS / pointer).read_text(encoding="utf-8"))
    if not isinstance(said, dict) or field not in said:
        raise ValueError(f"it does not say the {field}")
    return said[field]
