"""What a person asks of a run while it runs: save, preview or stop, by file or by signal.

Each command is a small file in the run folder's `commands/`, taken away when it is obeyed.
A command given before the trainer has started waits for it.
"""

from __future__ import annotations

import json
import signal
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Literal, get_args

from training.engine.durable import write_json
from training.engine.events import say

Command = Literal["save", "preview", "stop"]
COMMANDS: tuple[Command, ...] = get_args(Command)


def send(run_dir: Path, command: Command) -> None:
    """Leave a command for the trainer of `run_dir`."""
    folder = run_dir / "commands"
    folder.mkdir(exist_ok=True)
    # Named by time, so that commands are obeyed in the order they were given in.
    write_json(folder / f"{time.time_ns()}-{uuid.uuid4().hex[:8]}.json", {"command": command})


def clear(run_dir: Path) -> None:
    """Take back every command that waits; before a run is started again, or it stops at once."""
    for path in (run_dir / "commands").glob("[0-9]*.json"):
        path.unlink(missing_ok=True)


@dataclass(kw_only=True)
class Wishes:
    """What is to be done after the step at hand."""

    save: bool = False
    preview: bool = False
    stop: bool = False


class Requests:
    """Collects commands and signals; asked once a step, it says what is wished."""

    def __init__(self, run_dir: Path | None) -> None:
        """Without a run folder only signals are heard: one process alone takes the commands."""
        self._folder = run_dir / "commands" if run_dir is not None else None
        self._signalled = False

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Within it, SIGTERM and Ctrl-C are wishes to stop."""
        numbers = (signal.SIGTERM, signal.SIGINT)
        before = {number: signal.signal(number, self._on_signal) for number in numbers}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def poll(self) -> Wishes:
        """What was asked since the last call; a stop stays wished."""
        wishes = Wishes()
        for command in self._take_commands():
            match command:
                case "save":
                    wishes.save = True
                case "preview":
                    wishes.preview = True
                case "stop":
                    self._signalled = True
        wishes.stop = self._signalled
        return wishes

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self._signalled = True

    def _take_commands(self) -> list[Command]:
        if self._folder is None or not self._folder.is_dir():
            return []
        taken: list[Command] = []
        # Only whole commands: one that is still being written has a name that begins with a dot.
        for path in sorted(self._folder.glob("[0-9]*.json")):
            try:
                given = json.loads(path.read_text(encoding="utf-8"))
            except (OSError, ValueError):
                given = None
            path.unlink(missing_ok=True)
            command = given.get("command") if isinstance(given, dict) else None
            if command in COMMANDS:
                taken.append(command)
            else:
                say(f"passed over an unknown command in {path.name}")
        return taken
