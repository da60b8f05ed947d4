"""The events of a run: one JSON object a line, appended to events.jsonl.

A killed run resumes from its last checkpoint, so steps after that checkpoint are reported twice:
of two "loss" events of the same step, the later one counts.
"""

from __future__ import annotations

import json
import sys
from contextlib import suppress
from datetime import UTC, datetime
from io import RawIOBase
from pathlib import Path
from typing import Any, Literal, Protocol, get_args

from curation.files import needing_room
from training.engine.phrasing import counted

EVENTS_FILE = "events.jsonl"
LOSS_MARK = b'"event": "loss"'
"""In the line of every loss, as the reporter writes it: to know them without parsing."""

RunOutcome = Literal["finished", "stopped", "failed"]
OUTCOMES: tuple[RunOutcome, ...] = get_args(RunOutcome)


class EventListener(Protocol):
    """Receives a run's events besides the file."""

    def on_event(self, event: str, fields: dict[str, Any]) -> None:
        """Handle one event; may raise OSError."""

    def close(self) -> None: ...


class Reporter:
    """Reports events to events.jsonl and, in short, to stderr."""

    def __init__(self, path: Path | None, *, listener: EventListener | None = None) -> None:
        """Without a path nothing is reported, as in all but the main process."""
        self._file = None
        self._listener = listener
        if path is None:
            return
        self._path = path
        # Unbuffered: an event is in the file at once, and a failed write is not retried.
        self._file = path.open("a+b", buffering=0)
        self._cut_off = False
        # A process killed in the middle of a line must not spoil the next one.
        if self._file.tell() > 0:
            self._file.seek(-1, 2)
            self._cut_off = self._file.read(1) != b"\n"

    def report(self, event: str, **fields: Any) -> None:
        """Append one event; it is in the file when this returns. Raises DiskFull."""
        if self._file is None:
            return
        record = {"event": event, "at": datetime.now(UTC).isoformat(timespec="milliseconds")}
        line = json.dumps({**record, **fields}, ensure_ascii=False, allow_nan=False)
        self._append(self._file, line.encode() + b"\n")
        say(in_words(event, fields))
        self._pass_on(event, fields)

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
        if self._listener is not None:
            with suppress(OSError):
                self._listener.close()

    def _append(self, file: RawIOBase, line: bytes) -> None:
        left = b"\n" + line if self._cut_off else line
        self._cut_off = True
        with needing_room(self._path):
            while left:
                left = left[file.write(left) or 0 :]
        self._cut_off = False

    def _pass_on(self, event: str, fields: dict[str, Any]) -> None:
        if self._listener is None:
            return
        try:
            self._listener.on_event(event, fields)
        except OSError as error:
            # The events file is what counts; training goes on without TensorBoard.
            say(f"TensorBoard logging stopped: {error}")
            self._listener = None


def say(line: str) -> None:
    """Write a line to stderr; stdout is for programs."""
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


def read_events(path: Path, *, offset: int = 0) -> tuple[list[dict[str, Any]], int]:
    """The events from byte `offset` on, and the offset to go on from next time.

    An incomplete last line is left for next time; an invalid one is skipped.
    """
    try:
        with path.open("rb") as file:
            file.seek(offset)
            content = file.read()
    except FileNotFoundError:
        return [], offset
    whole = content[: content.rfind(b"\n") + 1]
    events = []
    for line in whole.splitlines():
        try:
            event = json.loads(line)
        except ValueError:
            continue
        if isinstance(event, dict) and isinstance(event.get("event"), str):
            events.append(event)
    return events, offset + len(whole)


def outcome(run_dir: Path) -> RunOutcome | None:
    """How the run ended, by its last event; None while it runs or after a kill.

    Exit codes do not say: torchrun turns every one but 0 into 1.
    """
    events, _ = read_events(run_dir / EVENTS_FILE)
    last = events[-1]["event"] if events else None
    return last if last in OUTCOMES else None


def in_words(event: str, fields: dict[str, Any]) -> str:
    """An event as a line for the terminal."""
    match event:
        case "loss":
            return (
                f"step {fields['step']}: loss A {fields['a']:.4f}, loss B {fields['b']:.4f}, "
                f"{fields['examples_per_second']:.1f} examples/s"
            )
        case "preparing":
            return f"preparing faces {fields['side'].upper()}: {fields['done']}/{fields['total']}"
        case "prepared":
            line = f"prepared {counted(fields['faces'], 'face')} {fields['side'].upper()}"
            skipped = counted(fields["skipped"], "picture")
            return f"{line}; {skipped} not used: {fields['why']}" if fields["skipped"] else line
        case "refused":
            return f"refused: {fields['reason']}"
        case "failed":
            return f"failed: {fields['message']}"
        case _:
            details = ", ".join(f"{name} {value}" for name, value in fields.items())
            return f"{event}: {details}"
