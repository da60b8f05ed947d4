"""Trainers as processes of this machine, started by torchrun."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil

from training.launchers.protocol import Handle, LaunchFailed

ROOT = Path(__file__).resolve().parents[2]
"""Where `training` can be imported from."""

_MARK = "WINNOW_RUN_DIR"
"""In the environment of every process of a trainer: the folder that it works on.

torchrun puts each worker into a session of its own, so a process group would not hold them; and
when torchrun itself is killed its workers live on without a parent. The mark still finds them.
"""

_CLOCK_TOLERANCE = 2.0
"""Seconds. A process's start is counted from the boot, whose time moves when the clock is set."""

_COUNT_GPUS = "import torch; print(torch.cuda.device_count())"


class LocalLauncher:
    """Runs each trainer in a session of its own, so that it outlives whoever started it."""

    def __init__(self, module: str = "training.engine.train") -> None:
        self._module = module

    def command(self, run_dir: Path, *, num_gpus: int) -> list[str]:
        """What to execute for a trainer on `run_dir`: a process per GPU, or one on the CPU."""
        return [
            *(sys.executable, "-m", "torch.distributed.run", "--standalone"),
            *("--nproc-per-node", str(max(num_gpus, 1))),
            *("-m", self._module, str(run_dir)),
        ]

    def num_gpus(self) -> int:
        # Asked in a process of its own: importing torch here would keep hundreds of MB.
        counted = subprocess.run(  # noqa: S603, our own interpreter
            [sys.executable, "-c", _COUNT_GPUS], capture_output=True, text=True, check=False
        )
        return int(counted.stdout) if counted.returncode == 0 else 0

    def start(self, run_dir: Path, *, num_gpus: int, log: Path) -> Handle:
        environment = {**os.environ, _MARK: str(run_dir), "PYTHONPATH": str(ROOT)}
        try:
            with log.open("ab") as output:
                process = subprocess.Popen(  # noqa: S603, our own interpreter
                    self.command(run_dir, num_gpus=num_gpus),
                    cwd=ROOT,
                    env=environment,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
        except OSError as error:
            raise LaunchFailed(f"The trainer could not be started: {error}") from error
        return _handle_of(psutil.Process(process.pid), str(run_dir))

    def find(self, run_dir: Path) -> Handle | None:
        processes = sorted(_marked(str(run_dir)), key=psutil.Process.create_time)
        return _handle_of(processes[0], str(run_dir)) if processes else None

    def is_alive(self, handle: Handle) -> bool:
        return _leader(handle) is not None or any(_marked(handle["run_dir"]))

    def stop(self, handle: Handle) -> None:
        # torchrun passes the signal on to its workers; without it they must hear it themselves.
        leader = _leader(handle)
        for process in [leader] if leader else list(_marked(handle["run_dir"])):
            _send(process, signal.SIGTERM)

    def kill(self, handle: Handle) -> None:
        # torchrun first, or it would see a worker die and report a failure.
        leader = _leader(handle)
        if leader:
            _send(leader, signal.SIGKILL)
        for process in list(_marked(handle["run_dir"])):
            _send(process, signal.SIGKILL)


def _handle_of(process: psutil.Process, run_dir: str) -> Handle:
    return {"pid": process.pid, "created": process.create_time(), "run_dir": run_dir}


def _leader(handle: Handle) -> psutil.Process | None:
    """The process that was started, unless it is gone and its number has gone to another."""
    try:
        process = psutil.Process(handle["pid"])
        if abs(process.create_time() - handle["created"]) > _CLOCK_TOLERANCE:
            return None
        return process if _is_running(process) else None
    except psutil.NoSuchProcess:
        return None


def _marked(run_dir: str) -> Iterator[psutil.Process]:
    """Every living process that carries the mark of this run folder."""
    for process in psutil.process_iter():
        try:
            if process.environ().get(_MARK) == run_dir and _is_running(process):
                yield process
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue


def _is_running(process: psutil.Process) -> bool:
    """Whether it runs; a dead child of ours that nobody has waited for is taken away here."""
    if process.status() != psutil.STATUS_ZOMBIE:
        return True
    with suppress(ChildProcessError):  # it is not ours
        os.waitpid(process.pid, os.WNOHANG)
    return False


def _send(process: psutil.Process, number: signal.Signals) -> None:
    """Send a signal to a process that may just have ended."""
    with suppress(psutil.NoSuchProcess):
        process.send_signal(number)
