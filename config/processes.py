"""Several processes under one: started together, restarted when killed, stopped together."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

PATIENCE_SECONDS = 30
"""How long a child may take to put its work down before it is killed."""

BACKOFF_SECONDS = 1.0
QUICK_DEATHS = 5
"""A child that dies this often within `QUICK_SECONDS` of its start is beyond help."""
QUICK_SECONDS = 10.0


@dataclass
class Child:
    """One command that shall be running for as long as we are."""

    name: str
    command: list[str]
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    quick_deaths: int = 0

    def start(self) -> None:
        """Start it as the leader of a process group of its own, so that its children go with it."""
        self.started_at = time.monotonic()
        self.process = subprocess.Popen(  # noqa: S603, our own commands
            self.command,
            start_new_session=True,
            preexec_fn=_end_with_parent,  # noqa: PLW1509, we have no threads
        )

    def has_died(self) -> bool:
        return self.process is not None and self.process.poll() is not None


def _end_with_parent() -> None:
    """Ask Linux to end this child when its parent is killed; elsewhere it may outlive it."""
    if sys.platform == "linux":
        pr_set_pdeathsig = 1
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGTERM)


def run_together(children: list[Child], *, report: Callable[[str], None]) -> int:
    """Run all `children` until SIGINT or SIGTERM, then stop all of them.

    A child that dies is started again. One that cannot live ends everything. Returns the exit
    code: 0 after a signal, 1 when a child was beyond help.
    """
    stopping = False

    def stop(signum: int, frame: object) -> None:
        nonlocal stopping
        stopping = True

    previous = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        for child in children:
            child.start()
        while not stopping:
            for child in children:
                if child.has_died() and not _revive(child, report):
                    return 1
            time.sleep(0.2)
        return 0
    finally:
        _stop_all(children, report)
        for number, handler in previous.items():
            signal.signal(number, handler)


def _revive(child: Child, report: Callable[[str], None]) -> bool:
    """Start a dead child again; False when it keeps dying at once."""
    assert child.process is not None  # noqa: S101, has_died() said so
    lived = time.monotonic() - child.started_at
    child.quick_deaths = child.quick_deaths + 1 if lived < QUICK_SECONDS else 0
    if child.quick_deaths >= QUICK_DEATHS:
        report(
            f"{child.name} ended {QUICK_DEATHS} times at once (exit code "
            f"{child.process.returncode}); its messages above say why. Stopping."
        )
        return False
    report(f"{child.name} ended (exit code {child.process.returncode}); starting it again.")
    time.sleep(BACKOFF_SECONDS)
    child.start()
    return True


def _stop_all(children: list[Child], report: Callable[[str], None]) -> None:
    """Ask every child to stop, wait, and kill what is left of its process group."""
    living = [child for child in children if child.process and child.process.poll() is None]
    if living:
        report("Stopping: " + ", ".join(child.name for child in living))
    for child in living:
        _signal_group(child, signal.SIGTERM)
    deadline = time.monotonic() + PATIENCE_SECONDS
    for child in living:
        assert child.process is not None  # noqa: S101, living
        try:
            child.process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            report(f"{child.name} did not stop in {PATIENCE_SECONDS} s; killing it.")
        _signal_group(child, signal.SIGKILL)
        child.process.wait()


def _signal_group(child: Child, number: signal.Signals) -> None:
    assert child.process is not None  # noqa: S101, started
    try:
        os.killpg(child.process.pid, number)
    except ProcessLookupError:
        return
