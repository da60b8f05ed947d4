"""What a trainer tells in events.jsonl, read for people: how far it is, and its losses."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from training.engine import curves
from training.engine.curves import Loss
from training.engine.events import EVENTS_FILE, read_events

_LOSS_MARK = b'"event": "loss"'
"""As the engine writes it. Most lines are losses, and most questions are not about them."""

MOST_LOSSES = 2000
"""A curve needs no more points than a screen has."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Preparing:
    """How many pictures of a side ("a" or "b") the trainer has looked for faces in."""

    side: str
    done: int
    total: int


@dataclass(kw_only=True, slots=True)
class Progress:
    """How far a run is, by its trainer's own words."""

    step: int = 0
    device: str = ""
    examples_per_second: float | None = None
    """Faces of both sides together; None before the newest trainer's first steps."""
    preview_step: int | None = None
    preparing: Preparing | None = None
    """None once the training itself began."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Ending:
    """A trainer's last words."""

    event: str
    """finished, stopped or failed."""
    code: str = ""
    message: str = ""


def read_progress(run_dir: Path) -> Progress:
    """How far the run in this folder is; all blank before its trainer first spoke."""
    progress = Progress()
    last_loss: bytes | None = None
    for line in _lines(run_dir):
        if _LOSS_MARK in line:
            last_loss = line
            continue
        event = _parsed(line)
        match event.get("event"):
            case "preparing":
                # Whatever was learnt before was learnt by a trainer that is gone.
                last_loss = None
                progress.preparing = Preparing(
                    side=event["side"], done=event["done"], total=event["total"]
                )
            case "started":
                last_loss, progress.preparing = None, None
                progress.step, progress.device = event["step"], event["device"]
            case "checkpoint":
                progress.step = event["step"]
            case "preview":
                progress.preview_step = event["step"]
    told = _parsed(last_loss) if last_loss else {}
    if told:
        progress.step = max(progress.step, told["step"])
        progress.examples_per_second = told["examples_per_second"]
    return progress


def read_losses(run_dir: Path, *, after: int = 0, most: int = MOST_LOSSES) -> list[Loss]:
    """The losses of steps later than `after`, in order, thinned to at most `most` points.

    A trainer that was killed tells some steps twice; the later telling counts.
    """
    return curves.read_losses(run_dir / EVENTS_FILE, at_most=most, after=after)


def read_ending(run_dir: Path, *, offset: int) -> Ending | None:
    """How the trainer whose story begins at byte `offset` ended; None when it was cut short."""
    events, _ = read_events(run_dir / EVENTS_FILE, offset=offset)
    last = events[-1] if events else {}
    if last.get("event") not in {"finished", "stopped", "failed"}:
        return None
    return Ending(event=last["event"], code=last.get("code", ""), message=last.get("message", ""))


def story_length(run_dir: Path) -> int:
    """Bytes told so far: where the next trainer's story will begin."""
    try:
        return (run_dir / EVENTS_FILE).stat().st_size
    except FileNotFoundError:
        return 0


def _lines(run_dir: Path) -> list[bytes]:
    """The finished lines of the story."""
    try:
        content = (run_dir / EVENTS_FILE).read_bytes()
    except FileNotFoundError:
        return []
    return content[: content.rfind(b"\n") + 1].splitlines()


def _parsed(line: bytes) -> dict[str, Any]:
    """The event in a line; empty when a killed trainer left the line broken."""
    try:
        event = json.loads(line)
    except ValueError:
        return {}
    return event if isinstance(event, dict) else {}
