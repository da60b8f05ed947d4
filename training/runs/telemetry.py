"""What a trainer reports in events.jsonl, read for people: how far it is, and its losses."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from training.engine.run import curves
from training.engine.run.curves import Loss
from training.engine.run.events import EVENTS_FILE, LOSS_MARK, OUTCOMES, read_events

MOST_LOSSES = 2000
"""A curve needs no more points than a screen has."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Preparing:
    """How many pictures of a side ("a" or "b") the trainer has looked for faces in."""

    side: str
    done: int
    total: int


@dataclass(frozen=True, kw_only=True, slots=True)
class TrainingProgress:
    """How far a run is, by its trainer's own words."""

    step: int = 0
    device: str = ""
    examples_per_second: float | None = None
    """Faces of both sides together; None before the newest trainer's first steps."""
    preview_step: int | None = None
    preparing: Preparing | None = None
    """None once the training itself began."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TrainerEnding:
    """A trainer's last words."""

    event: str
    """finished, stopped or failed."""
    code: str = ""
    message: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Read:
    """The story as far as it was read, so that next time only what is new is read."""

    inode: int = 0
    offset: int = 0
    progress: TrainingProgress = TrainingProgress()
    """Without the last loss, which is parsed only when somebody asks."""
    last_loss: bytes | None = None


_read_so_far: dict[Path, _Read] = {}
"""By run folder. Lost with the process, and then read anew."""
_MOST_REMEMBERED = 200


def read_progress(run_dir: Path) -> TrainingProgress:
    """How far the run in this folder is; all blank before its trainer first spoke."""
    try:
        read = _read_on(run_dir / EVENTS_FILE, _read_so_far.get(run_dir, _Read()))
    except FileNotFoundError:
        return TrainingProgress()
    if len(_read_so_far) >= _MOST_REMEMBERED:
        _read_so_far.clear()
    _read_so_far[run_dir] = read
    loss = _parsed(read.last_loss) if read.last_loss else {}
    if not loss:
        return read.progress
    return replace(
        read.progress,
        step=max(read.progress.step, loss["step"]),
        examples_per_second=loss["examples_per_second"],
    )


def read_losses(run_dir: Path, *, after: int = 0, most: int = MOST_LOSSES) -> list[Loss]:
    """The losses of steps later than `after`, in order, thinned to at most `most` points.

    A trainer that was killed reports some steps twice; the later report counts. Reads from the
    end of the file back to that step, so that following a long run stays cheap.
    """
    return curves.read_losses(run_dir / EVENTS_FILE, at_most=most, after=after)


def read_ending(run_dir: Path, *, offset: int) -> TrainerEnding | None:
    """How the trainer whose events begin at byte `offset` ended; None when it was cut short."""
    events, _ = read_events(run_dir / EVENTS_FILE, offset=offset)
    last = events[-1] if events else {}
    if last.get("event") not in OUTCOMES:
        return None
    return TrainerEnding(
        event=last["event"], code=last.get("code", ""), message=last.get("message", "")
    )


def event_log_size(run_dir: Path) -> int:
    """Bytes written so far: where the next trainer's events will begin."""
    try:
        return (run_dir / EVENTS_FILE).stat().st_size
    except FileNotFoundError:
        return 0


def _read_on(path: Path, read: _Read) -> _Read:
    """Go on reading where `read` ended. Raises FileNotFoundError."""
    with path.open("rb") as file:
        status = os.fstat(file.fileno())
        if read.inode != status.st_ino or read.offset > status.st_size:
            read = _Read(inode=status.st_ino)
        file.seek(read.offset)
        content = file.read()
    whole = content[: content.rfind(b"\n") + 1]
    progress, last_loss = read.progress, read.last_loss
    for line in whole.splitlines():
        # Most lines are losses, and most questions are not about them.
        if LOSS_MARK in line:
            last_loss = line
            continue
        event = _parsed(line)
        if event.get("event") in {"preparing", "started"}:
            # Whatever was learnt before was learnt by a trainer that is gone.
            last_loss = None
        progress = _after(event, progress)
    return _Read(
        inode=read.inode, offset=read.offset + len(whole), progress=progress, last_loss=last_loss
    )


def _after(event: dict[str, Any], before: TrainingProgress) -> TrainingProgress:
    """How far the run is after this event."""
    match event.get("event"):
        case "preparing":
            looked = Preparing(side=event["side"], done=event["done"], total=event["total"])
            return replace(before, preparing=looked)
        case "started":
            return replace(before, preparing=None, step=event["step"], device=event["device"])
        case "checkpoint":
            return replace(before, step=event["step"])
        case "preview":
            return replace(before, preview_step=event["step"])
        case _:
            return before


def _parsed(line: bytes) -> dict[str, Any]:
    """The event in a line; empty when a killed trainer left the line broken."""
    try:
        event = json.loads(line)
    except ValueError:
        return {}
    return event if isinstance(event, dict) else {}
