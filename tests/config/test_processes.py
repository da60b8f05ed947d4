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

from config.processes import Child

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
run_together(children, report=print)
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


def test_what_a_killed_child_had_started_goes_with_it(
    parent: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    children = {child.pid for child in psutil.Process(parent.pid).children()}
    grandchild = next(pid for pid in pids(tmp_path) if pid not in children)
    os.kill(psutil.Process(grandchild).ppid(), signal.SIGKILL)
    wait_until(lambda: not runs(grandchild), 5)
    parent.terminate()
    assert parent.wait(20) == 0


def test_a_killed_parent_leaves_no_process_behind(
    parent: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    """Neither children nor theirs, nor the guard that ended them."""
    family = psutil.Process(parent.pid).children(recursive=True)
    parent.kill()
    parent.wait()
    wait_until(lambda: not any(runs(pid) for pid in pids(tmp_path)), 10)
    wait_until(lambda: not any(runs(process.pid) for process in family), 10)


def test_the_guard_knows_everything_again_when_it_was_killed(
    parent: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    def guard() -> psutil.Process | None:
        family = [one for one in psutil.Process(parent.pid).children() if runs(one.pid)]
        return next((one for one in family if "config.guard" in one.cmdline()), None)

    first = guard()
    assert first is not None
    first.kill()
    wait_until(lambda: guard() not in (None, first), 10)
    time.sleep(0.5)
    parent.kill()
    parent.wait()
    wait_until(lambda: not any(runs(pid) for pid in pids(tmp_path)), 10)


BROKEN_AND_WELL = """
import sys
from config import processes
processes.FIRST_PAUSE_SECONDS, processes.LONGEST_PAUSE_SECONDS = 0.01, 0.05
sleeper = "import os, time; open({folder!r} + '/' + str(os.getpid()), 'w').close(); time.sleep(600)"
children = [processes.Child("broken", [sys.executable, "-c", "raise SystemExit(7)"]),
            processes.Child("well", [sys.executable, "-c", sleeper])]
processes.run_together(children, report=lambda line: print(line, flush=True))
"""


def test_one_that_cannot_live_stops_nobody_else(tmp_path: Path) -> None:
    code = BROKEN_AND_WELL.replace("{folder!r}", repr(str(tmp_path)))
    parent = subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    for _ in range(8):  # as often as that ended the whole site before
        assert parent.stdout.readline().startswith("broken ended (exit code 7)")
    assert parent.poll() is None
    assert all(runs(pid) for pid in pids(tmp_path))
    assert len(pids(tmp_path)) == 1
    parent.terminate()
    assert parent.wait(20) == 0


def test_the_pause_grows_while_a_child_dies_young_and_no_longer() -> None:
    child = Child("broken", [])
    pauses = []
    for _ in range(8):
        child.pause = child.next_pause(lived=0.1)
        pauses.append(child.pause)
    assert pauses == [0.5, 1, 2, 4, 8, 10, 10, 10]
    assert child.next_pause(lived=11) == 0.5
