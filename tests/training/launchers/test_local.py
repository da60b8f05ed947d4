"""A trainer outlives whoever started it, is found again, and is never taken for another process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from training.launchers.local import LocalLauncher
from training.launchers.protocol import Handle, LaunchFailed

# Like torchrun: a parent that waits for a worker in a session of its own, and passes SIGTERM on.
PARENT_AND_WORKER = """
import signal, subprocess, sys, time
worker = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"],
                          start_new_session=True)
print("worker", worker.pid, flush=True)
signal.signal(signal.SIGTERM, lambda *_: worker.terminate())
worker.wait()
"""


class ScriptLauncher(LocalLauncher):
    """Starts a Python script in the place of torchrun."""

    def __init__(self, script: str) -> None:
        super().__init__()
        self._script = script

    def command(self, run_dir: Path, *, num_gpus: int) -> list[str]:
        return [sys.executable, "-c", self._script]


def wait_until(true: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.05)


def runs(pid: int) -> bool:
    """Whether the process executes; a dead one that nobody has waited for does not."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@pytest.fixture
def launcher() -> LocalLauncher:
    return ScriptLauncher(PARENT_AND_WORKER)


@pytest.fixture
def started(launcher: LocalLauncher, tmp_path: Path) -> Iterator[Handle]:
    """A trainer at work, parent and worker, ended at the end of the test whatever happens."""
    handle = launcher.start(tmp_path, num_gpus=0, log=tmp_path / "trainer.log")
    wait_until(lambda: "worker" in (tmp_path / "trainer.log").read_text())
    yield handle
    launcher.kill(handle)
    wait_until(lambda: not launcher.is_alive(handle))


def worker_of(run_dir: Path) -> int:
    return int((run_dir / "trainer.log").read_text().split()[1])


def test_a_started_trainer_is_alive_until_it_is_killed(
    launcher: LocalLauncher, started: Handle, tmp_path: Path
) -> None:
    assert launcher.is_alive(started)
    launcher.kill(started)
    wait_until(lambda: not launcher.is_alive(started))
    wait_until(lambda: not runs(worker_of(tmp_path)))


def test_it_lives_in_a_session_of_its_own(started: Handle) -> None:
    assert os.getsid(started["pid"]) == started["pid"]
    assert os.getsid(started["pid"]) != os.getsid(0)


def test_being_asked_to_stop_reaches_the_worker_through_its_parent(
    launcher: LocalLauncher, started: Handle, tmp_path: Path
) -> None:
    launcher.stop(started)
    wait_until(lambda: not launcher.is_alive(started))
    assert not runs(worker_of(tmp_path))


def test_a_worker_whose_parent_was_killed_is_still_the_trainer(
    launcher: LocalLauncher, started: Handle, tmp_path: Path
) -> None:
    os.kill(started["pid"], signal.SIGKILL)
    wait_until(lambda: psutil.Process(started["pid"]).status() == psutil.STATUS_ZOMBIE)
    assert launcher.is_alive(started)
    launcher.stop(started)
    wait_until(lambda: not launcher.is_alive(started))


def test_a_trainer_is_found_by_its_folder_when_its_handle_was_lost(
    launcher: LocalLauncher, started: Handle, tmp_path: Path
) -> None:
    assert launcher.find(tmp_path) == started
    assert launcher.find(tmp_path / "other") is None


def test_a_number_that_went_to_another_process_is_not_the_trainer(
    launcher: LocalLauncher, tmp_path: Path
) -> None:
    echo = "import sys\nfor line in sys.stdin: print(line, end='', flush=True)"
    other = subprocess.Popen(
        [sys.executable, "-c", echo], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        created = psutil.Process(other.pid).create_time()
        stale = {"pid": other.pid, "created": created - 3600, "run_dir": str(tmp_path)}
        assert not launcher.is_alive(stale)
        launcher.kill(stale)
        launcher.stop(stale)
        # A process meets the signals that it was sent before it does anything else.
        answer, _ = other.communicate(b"still here\n", timeout=20)
        assert answer == b"still here\n", "a stranger was killed"
    finally:
        other.kill()
        other.wait()


def test_a_trainer_started_by_a_killed_process_goes_on(tmp_path: Path) -> None:
    """As when the supervisor is killed: its trainers have another parent, but are still there."""
    starter = f"""
import sys
sys.path.insert(0, {str(Path(__file__).parents[3])!r})
from pathlib import Path
from training.launchers.local import LocalLauncher
class Sleeper(LocalLauncher):
    def command(self, run_dir, *, num_gpus):
        return [sys.executable, "-c", "import time; time.sleep(600)"]
folder = Path({str(tmp_path)!r})
print(Sleeper().start(folder, num_gpus=0, log=folder / "trainer.log")["pid"], flush=True)
import time; time.sleep(600)
"""
    process = subprocess.Popen([sys.executable, "-c", starter], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    pid = int(process.stdout.readline())
    process.kill()
    process.wait()
    launcher = LocalLauncher()
    handle = launcher.find(tmp_path)
    assert handle is not None
    assert handle["pid"] == pid
    assert launcher.is_alive(handle)
    launcher.kill(handle)
    wait_until(lambda: not launcher.is_alive(handle))


def test_what_cannot_be_started_says_so(tmp_path: Path) -> None:
    class Missing(LocalLauncher):
        def command(self, run_dir: Path, *, num_gpus: int) -> list[str]:
            return [str(tmp_path / "no such program")]

    with pytest.raises(LaunchFailed, match="could not be started"):
        Missing().start(tmp_path, num_gpus=0, log=tmp_path / "trainer.log")


def test_torchrun_gets_a_process_for_each_gpu_and_one_without_any(tmp_path: Path) -> None:
    command = LocalLauncher().command(tmp_path, num_gpus=4)
    assert command[1:] == [
        *("-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "4"),
        *("-m", "training.engine.train", str(tmp_path)),
    ]
    assert "1" in LocalLauncher().command(tmp_path, num_gpus=0)
