"""Commands to a running training, by file or by signal.

`python -m training.engine.run.commands RUN_DIR save|preview|stop`, or
`... RUN_DIR set learning_rate=1e-5 batch_size=32`.

Each command is a small file in the run folder's `commands/`, deleted when it is carried out.
A command sent before the trainer has started waits for it.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any, Literal, get_args

from curation.files import write_json
from training.engine.errors import FAILURES, CommandWrong, PermissionLost, Stopped
from training.engine.phrasing import as_json, json_or_word
from training.engine.run.config import CONFIG_FILE, RunConfig
from training.engine.run.events import say
from training.engine.run.folder import COMMANDS as COMMANDS_FOLDER
from training.engine.run.output_place import make_folder
from training.engine.run.permission import LOST, Permission
from training.engine.run.settings import settings_of

RunCommand = Literal["save", "preview", "stop", "set"]
COMMANDS: tuple[RunCommand, ...] = get_args(RunCommand)

CHANGEABLE = ("learning_rate", "batch_size")
"""The settings that a running training can go on with."""


def send(run_dir: Path, command: RunCommand, **settings: Any) -> None:
    """Send a command to the trainer of `run_dir`.

    `settings`, for "set" alone, are learning_rate, batch_size or both; invalid ones are
    refused by the trainer, in its events.
    """
    folder = run_dir / COMMANDS_FOLDER
    folder.mkdir(exist_ok=True)
    # Named by time, so that commands are carried out in order.
    path = folder / f"{time.time_ns()}-{uuid.uuid4().hex[:8]}.json"
    write_json(path, {**settings, "command": command})


def clear(run_dir: Path) -> None:
    """Delete all waiting commands; before a restart, or an old stop would end it at once."""
    for path in waiting(run_dir):
        path.unlink(missing_ok=True)


def waiting(run_dir: Path) -> list[Path]:
    """The commands that are not carried out yet, the oldest first."""
    # Only whole commands: one that is still being written has a name that begins with a dot.
    return sorted((run_dir / COMMANDS_FOLDER).glob("[0-9]*.json"))


@dataclass(kw_only=True)
class PendingRequests:
    """Requests to carry out after the current step."""

    save: bool = False
    preview: bool = False
    stop: bool = False
    learning_rate: float | None = None
    """New learning rate; None for no change."""
    batch_size: int | None = None
    forbidden: bool = False
    """Not one step more: the permission of a supervised run is gone."""
    refused: list[str] = field(default_factory=list)
    """Messages about invalid commands, to be reported as events."""


class Requests:
    """Collects commands and signals; polled at each reading."""

    def __init__(self, run_dir: Path | None) -> None:
        """Without a run folder only signals are heard: one process alone takes the commands."""
        self._run_dir = run_dir
        self._stopped = False
        self._pending = PendingRequests()
        self._permission: Permission | None = None

    def await_permission(self) -> None:
        """Return once a supervisor lets this run be trained; from then on poll asks for it too.

        Raises PermissionLost when none does, Stopped on a stop request.
        """
        if self._run_dir is None:
            return
        self._permission = Permission(self._run_dir)
        while not self._permission.is_given():
            if self.stop_requested():
                raise Stopped
            if not self._permission.may_still_come():
                self.require_permission()
            time.sleep(0.05)

    def require_permission(self) -> None:
        """Raise PermissionLost when a permission is needed and not given."""
        if self._permission is not None and not self._permission.is_given():
            raise PermissionLost(LOST)

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Within it, SIGTERM and Ctrl-C request a stop."""
        numbers = (signal.SIGTERM, signal.SIGINT)
        before = {number: signal.signal(number, self._on_signal) for number in numbers}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def poll(self) -> PendingRequests:
        """Requests since the last call, later ones over earlier ones; a stop persists."""
        self._take_commands()
        pending, self._pending = self._pending, PendingRequests()
        pending.stop = self._stopped
        pending.forbidden = self._permission is not None and not self._permission.is_given()
        return pending

    def stop_requested(self) -> bool:
        """Whether a stop was requested; other requests wait for poll."""
        self._take_commands()
        return self._stopped

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self._stopped = True

    def _take_commands(self) -> None:
        if self._run_dir is None:
            return
        for path in waiting(self._run_dir):
            try:
                self._take(json.loads(path.read_text(encoding="utf-8")))
            except CommandWrong as refusal:
                self._pending.refused.append(refusal.message)
            except (OSError, ValueError):
                self._pending.refused.append(f"{path.name} is not a readable command.")
            path.unlink(missing_ok=True)

    def _take(self, given: Any) -> None:
        match checked_command(given):
            case {"command": "save"}:
                self._pending.save = True
            case {"command": "preview"}:
                self._pending.preview = True
            case {"command": "stop"}:
                self._stopped = True
            case settings:
                self._pending.learning_rate = settings.get(
                    "learning_rate", self._pending.learning_rate
                )
                self._pending.batch_size = settings.get("batch_size", self._pending.batch_size)


def checked_command(given: Any) -> dict[str, Any]:
    """A command, when it is valid. Raises CommandWrong."""
    if not isinstance(given, dict) or given.get("command") not in COMMANDS:
        raise CommandWrong(
            f"There is no command {as_json(given)}; give one of {', '.join(COMMANDS)}."
        )
    settings = {name: value for name, value in given.items() if name != "command"}
    if given["command"] != "set" and settings:
        names = ", ".join(sorted(settings))
        raise CommandWrong(f"The command {given['command']} takes no settings: leave out {names}.")
    if given["command"] != "set":
        return given
    if not settings:
        raise CommandWrong("Say what to set: learning_rate=1e-5, batch_size=32, or both.")
    if others := settings.keys() - set(CHANGEABLE):
        names = ", ".join(sorted(others))
        raise CommandWrong(f"Only learning_rate and batch_size can be set, not {names}.")
    limits = settings_of(RunConfig)
    complaints = [
        f"{name} {complaint}"
        for name, value in settings.items()
        if (complaint := limits[name].complaint(value))
    ]
    if complaints:
        raise CommandWrong(f"{'; '.join(complaints)}.")
    return given


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="training.engine.run.commands",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("run_dir", type=Path, help="folder of the run")
    parser.add_argument("command", choices=COMMANDS)
    parser.add_argument(
        "settings",
        nargs="*",
        metavar="name=value",
        help="for the command set: learning_rate=1e-5, batch_size=32",
    )
    given = parser.parse_args(arguments)
    try:
        if not (given.run_dir / CONFIG_FILE).is_file():
            raise CommandWrong(f"{given.run_dir} is not a run folder: it has no {CONFIG_FILE}.")
        settings = dict(_parsed(setting) for setting in given.settings)
        checked_command({**settings, "command": given.command})
        make_folder(given.run_dir / COMMANDS_FOLDER)
        send(given.run_dir, given.command, **settings)
    except FAILURES as refusal:
        say(refusal.message)
        return refusal.exit_code
    return 0


def _parsed(setting: str) -> tuple[str, Any]:
    name, _, value = setting.partition("=")
    return name, json_or_word(value)


if __name__ == "__main__":
    sys.exit(main())
