"""One foreground command holds all processes: it revives the killed and leaves none behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

ROOT = Path(__file__).resolve().parents[2]

PARENT = """
import sys
from config.processes import Child, run_together
noter = "import os, time; open({folder!r} + '/' + str(os.getpid()), 'w').close(); time.sleep(600)"
with_grandchild = (
    "import subprocess, sys, time;"
    "subprocess.Popen([sys.executable, '-c', " + repr(noter) + "]); time.sleep(600)"
)
children = [Child("one", [sys.executable, "-c", noter]),
            Child("two", [sys.executable, "-c", with_grandchild])]
sys.exit(run_together(children, report=print))
"""


def wait_until(true: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.05)


@pytest.fixture
def parent(tmp_path: Path) -> subprocess.Popen[bytes]:
    """A parent of two children, one with a child of its own; the two sleepers note their pids."""
    code = PARENT.replace("{folder!r}", repr(str(tmp_path)))
    process = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT)
    wait_until(lambda: len(list(tmp_path.iterdir())) == 2)
    return process


def pids(folder: Path) -> list[int]:
    return [int(path.name) for path in folder.iterdir()]


def runs(pid: int) -> bool:
    """Whether the process executes; a dead one that nobody has waited for does not."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_to_the_parent_leaves_no_process_behind(
    parent: subprocess.Popen[bytes], tmp_path: Path, how: signal.Signals
) -> None:
    parent.send_signal(how)
    assert parent.wait(20) == 0
    wait_until(lambda: not any(runs(pid) for pid in pids(tmp_path)), 5)


def test_a_killed_child_is_started_again(parent: subprocess.Popen[bytes], tmp_path: Path) -> None:
    children = {child.pid for child in psutil.Process(parent.pid).children()}
    direct = next(pid for pid in pids(tmp_path) if pid in children)
    os.kill(direct, signal.SIGKILL)
    wait_until(lambda: len(pids(tmp_path)) == 3)
    parent.terminate()
    assert parent.wait(20) == 0


def test_a_child_that_cannot_live_ends_everything_and_says_so() -> None:
    code = (
        "import sys; from config import processes as p; p.BACKOFF_SECONDS = 0.01;"
        "c = [p.Child('broken', [sys.executable, '-c', 'raise SystemExit(7)'])];"
        "sys.exit(p.run_together(c, report=print))"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 1
    assert "broken" in ended.stdout
    assert "exit code 7" in ended.stdout
