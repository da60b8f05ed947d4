"""What checkpoints on disk say of themselves: read without torch, and without their tensors.

A checkpoint is two files of one name: tensors in `.safetensors` and the rest, readable, in
`.json`. `last.json` names the one to go on from and `best.json` the one with the lowest average
loss. Snapshots, the weights alone in half precision, stay for good, and so does a checkpoint with
an empty `.kept` beside it: a person asked for it, or something was made with it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from curation.files import write_bytes, write_json
from training.engine.run.folder import CHECKPOINTS

FORMAT = "winnow-checkpoint/1"
LAST, BEST = "last.json", "best.json"
_STEP, _SNAPSHOT = "step-", "snapshot-"
_LOCK_PATIENCE = 10.0
"""Seconds."""


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
    # same weights in half precision. Of two, as after go_back, the later one counts.
    for kind in (_SNAPSHOT, _STEP):
        files = (run_dir / CHECKPOINTS).glob(f"{kind}*.json")
        found = [_saved(about_file.with_suffix(".safetensors")) for about_file in files]
        whole = [saved for saved in found if saved is not None]
        by_step |= {each.step: each for each in sorted(whole, key=lambda each: each.saved_at)}
    return [by_step[step] for step in sorted(by_step)]


def mark_kept(tensors: Path) -> None:
    """Let a checkpoint be kept for good, also one that is about to be written. Raises DiskFull."""
    write_bytes(_mark_of(tensors), b"")


def is_kept(tensors: Path) -> bool:
    """Whether the checkpoint with these tensors is kept for good."""
    return _mark_of(tensors).exists()


def keep(tensors: Path) -> bool:
    """Keep a checkpoint that is there, however a trainer is dropping older ones meanwhile.

    False when it was dropped already. Raises DiskFull, or TimeoutError when somebody who marks or
    drops has hung.
    """
    with _alone(tensors.parent):
        if not (tensors.is_file() and about_path(tensors).is_file()):
            return False
        if not tensors.name.startswith(_SNAPSHOT):  # those stay anyhow
            mark_kept(tensors)
        return True


def drop_all_but(run_dir: Path, kept: set[str]) -> None:
    """Delete every checkpoint but those with the names `kept`, without suffix, and those that are
    marked; no snapshot.
    """
    try:
        with _alone(run_dir / CHECKPOINTS):
            for old in (run_dir / CHECKPOINTS).glob(f"{_STEP}*.*"):
                if old.stem not in kept and not is_kept(old):
                    old.unlink()
    except TimeoutError:
        return  # a few too many for now: the next save drops them


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Within it nobody else marks or drops checkpoints. The system ends it at any death."""
    lock = folder.with_suffix(".lock")
    try:
        with FileLock(lock, timeout=_LOCK_PATIENCE, mode=0o644, fallback_to_soft=False):
            yield
    except Timeout as error:
        raise TimeoutError(f"Somebody holds {lock} and does not let go.") from error


def _mark_of(tensors: Path) -> Path:
    return tensors.with_suffix(".kept")


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
