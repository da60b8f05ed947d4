"""What every launcher can do: start a trainer somewhere, find it again, and end it.

A launcher keeps nothing in memory. What it needs to find a trainer again is the handle, plain
JSON that the caller stores, so that another process can take over after this one was killed.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

Handle = dict[str, Any]


class LaunchFailed(Exception):
    """The trainer could not be started at all; the message says why."""


class Launcher(Protocol):
    """A place where trainers run."""

    def num_gpus(self) -> int:
        """GPUs that a trainer may use here; 0 means that it will use the CPU."""
        ...

    def start(self, run_dir: Path, *, num_gpus: int, log: Path) -> Handle:
        """Start a trainer on `run_dir`, its output appended to `log`. Raises LaunchFailed."""
        ...

    def find(self, run_dir: Path) -> Handle | None:
        """The trainer at work on `run_dir`, also one whose handle was lost."""
        ...

    def is_alive(self, handle: Handle) -> bool:
        """Whether any process of that trainer still runs."""
        ...

    def stop(self, handle: Handle) -> None:
        """Ask it to save a checkpoint and end. Returns at once."""
        ...

    def kill(self, handle: Handle) -> None:
        """End all of its processes now, saving nothing."""
        ...
