"""What was started on a leash does its work, and ends when its starter is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil

from training.launchers.leashed import ROOT, start_leashed

STARTER = """
import sys, time
from training.launchers.leashed import start_leashed
with open(sys.argv[1], "wb") as log:
    process = start_leashed("tests.training.launchers.sleeper", output=log)
    print(process.pid, flush=True)
    time.sleep(600)
"""


def test_the_program_gets_its_arguments_and_its_exit_code_comes_back(tmp_path: Path) -> None:
    with (tmp_path / "log").open("wb") as log:
        process = start_leashed("tests.training.launchers.sleeper", "0", "7", output=log)
        process.wait(30)
        process.communicate()
    assert process.returncode == 7
    assert (tmp_path / "log").read_text().split() == ["asleep"]


def test_it_ends_when_its_starter_is_killed(tmp_path: Path) -> None:
    log = tmp_path / "log"
    starter = subprocess.Popen(
        [sys.executable, "-c", STARTER, str(log)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert starter.stdout is not None
    child = psutil.Process(int(starter.stdout.readline()))
    deadline = time.monotonic() + 30
    while not log.read_text():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert child.is_running()
    os.kill(starter.pid, signal.SIGKILL)
    starter.communicate()
    _gone, alive = psutil.wait_procs([child], timeout=10)
    assert alive == []
