"""Ends what a killed parent leaves behind. Started by `config.processes`, as a process of its own.

A parent killed with -9 can end nobody, and Linux tells only its direct children. The guard holds
the other end of a pipe: when it closes, the parent is gone, and every process group that it still
watched is asked to stop and, after a while, killed. Standard library only, so it costs 10 MB.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from contextlib import suppress

PATIENCE_SECONDS = 30
"""How long a process may take to put its work down before it is killed."""


class Guard:
    """The parent's side: it tells the guard which process groups are ours."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def keep_alive(self, leaders: Iterable[int]) -> None:
        """Start the guard, or start it again and tell it everything, unless it is alive."""
        if self._process is not None and self._process.poll() is None:
            return
        self._process = subprocess.Popen(
            [sys.executable, "-m", "config.guard"],
            stdin=subprocess.PIPE,
            start_new_session=True,  # Ctrl-C in the terminal is the parent's to hear
        )
        for leader in leaders:
            self.watch(leader)

    def watch(self, leader: int) -> None:
        self._say(f"+{leader}")

    def forget(self, leader: int) -> None:
        self._say(f"-{leader}")

    def dismiss(self) -> None:
        """Let the guard go: everything has been stopped."""
        self._say("dismissed")
        if self._process is not None:
            assert self._process.stdin is not None  # noqa: S101, we asked for a pipe
            with suppress(BrokenPipeError):
                self._process.stdin.close()
            self._process.wait()

    def _say(self, line: str) -> None:
        if self._process is not None:
            assert self._process.stdin is not None  # noqa: S101, we asked for a pipe
            with suppress(BrokenPipeError):  # it was killed; `keep_alive` tells the next one
                self._process.stdin.write(f"{line}\n".encode())
                self._process.stdin.flush()


def main() -> None:
    """Read what the parent says until it is gone, then end what it left."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)  # it ends when the parent does, and not before
    watched: set[int] = set()
    for line in sys.stdin:
        match line[:1]:
            case "+":
                watched.add(int(line[1:]))
            case "-":
                watched.discard(int(line[1:]))
            case _:
                return
    deadline = time.monotonic() + PATIENCE_SECONDS
    _signal_all(watched, signal.SIGTERM)
    while _signal_all(watched, 0) and time.monotonic() < deadline:
        time.sleep(0.1)
    _signal_all(watched, signal.SIGKILL)


def _signal_all(leaders: set[int], number: int) -> bool:
    """Signal each group; whether any of them is still there."""
    found = False
    for leader in leaders:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(leader, number)
            found = True
    return found


if __name__ == "__main__":
    main()
