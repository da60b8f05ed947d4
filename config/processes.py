"""Several processes under one: started together, started again when they die, stopped together."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from config.guard import PATIENCE_SECONDS, Guard

FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 10.0
SETTLED_SECONDS = 10.0
"""A child that has lived this long is well: when it dies, it starts again after the first pause."""


@dataclass
class Child:
    """One command that shall be running for as long as we are."""

    name: str
    command: list[str]
    pass_fds: tuple[int, ...] = ()
    """Open files, such as a listening socket, that it inherits under the same numbers."""
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    starts_at: float = 0.0
    pause: float = 0.0
    """Seconds that lay between its last death and its next start."""

    def start(self) -> int:
        """Start it as the leader of a process group of its own; that group's number."""
        self.started_at = time.monotonic()
        self.process = subprocess.Popen(  # noqa: S603, our own commands
            self.command,
            start_new_session=True,
            pass_fds=self.pass_fds,
            preexec_fn=_end_with_parent,  # noqa: PLW1509, we have no threads
        )
        return self.process.pid

    def next_pause(self, lived: float) -> float:
        """Seconds to wait after a life of `lived` seconds: longer each time it dies young."""
        if lived >= SETTLED_SECONDS or not self.pause:
            return FIRST_PAUSE_SECONDS
        return min(self.pause * 2, LONGEST_PAUSE_SECONDS)


def _end_with_parent() -> None:
    """Ask Linux to end this child when its parent is killed; elsewhere only the guard does."""
    if sys.platform == "linux":
        pr_set_pdeathsig = 1
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGTERM)


def run_together(children: list[Child], *, report: Callable[[str], None]) -> None:
    """Run all `children` until SIGINT or SIGTERM, then stop all of them.

    A child that dies is started again, for ever, after a pause that grows while it dies young;
    the others go on. When we are killed ourselves, a guard ends what we leave behind.
    """
    stopping = False

    def stop(signum: int, frame: object) -> None:
        nonlocal stopping
        stopping = True

    previous = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    guard = Guard()
    try:
        while not stopping:
            guard.keep_alive(child.process.pid for child in children if child.process)
            for child in children:
                _look_after(child, guard, report)
            time.sleep(0.1)
    finally:
        _stop_all(children, report)
        guard.dismiss()
        for number, handler in previous.items():
            signal.signal(number, handler)


def _look_after(child: Child, guard: Guard, report: Callable[[str], None]) -> None:
    """Start the child when its time has come; note its death, with all that it has started."""
    now = time.monotonic()
    if child.process is None:
        if now >= child.starts_at:
            guard.watch(child.start())
    elif (code := child.process.poll()) is not None:
        _signal_group(child.process.pid, signal.SIGKILL)
        guard.forget(child.process.pid)
        child.pause = child.next_pause(now - child.started_at)
        child.starts_at, child.process = now + child.pause, None
        report(f"{child.name} ended (exit code {code}); it starts again in {child.pause:g} s.")


def _stop_all(children: list[Child], report: Callable[[str], None]) -> None:
    """Ask every child to stop, wait, and kill what is left of its process group."""
    living = [(child.name, child.process) for child in children if child.process]
    if living:
        report("Stopping: " + ", ".join(name for name, _ in living))
    for _, process in living:
        _signal_group(process.pid, signal.SIGTERM)
    deadline = time.monotonic() + PATIENCE_SECONDS
    for name, process in living:
        try:
            process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            report(f"{name} did not stop in {PATIENCE_SECONDS} s; killing it.")
        _signal_group(process.pid, signal.SIGKILL)
        process.wait()


def _signal_group(leader: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.killpg(leader, number)
