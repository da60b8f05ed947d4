"""Starts several processes on one run, as torchrun does."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.training.engine.run_folders import ROOT
from training.engine.run.events import EVENTS_FILE, read_events

# Trains as `tiny` does, tells its process id, and leaves the weights that it ended with and its
# exit code.
PROGRAM = """
import os, sys
from pathlib import Path
import torch
from safetensors.torch import save_file
from tests.training.engine import tiny
from training.engine.models.registry import Architecture, register

torch.set_num_threads(1)
mine = Path(sys.argv[1]) / f"rank{os.environ['RANK']}"
mine.with_suffix(".pid").write_text(str(os.getpid()))
built = []

def build(*, learn_mask=False):
    built.append(tiny.Steady(learn_mask=learn_mask))
    return built[0]

register(Architecture(name="steady", input_size=tiny.SIZE, output_size=tiny.SIZE, build=build))
code = tiny.main(sys.argv[1:])
if built:
    save_file(built[0].state_dict(), mine.with_suffix(".safetensors"))
mine.with_suffix(".code").write_text(str(code))
sys.exit(code)
"""
PATIENCE = 120


def start_together(run_dir: Path, processes: int) -> subprocess.Popen[str]:
    program = run_dir / "program.py"
    program.write_text(PROGRAM)
    launcher = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", str(processes)]
    return subprocess.Popen(
        [sys.executable, *launcher, str(program), str(run_dir)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
        stderr=subprocess.PIPE,
        text=True,
    )


def end_of(trainers: subprocess.Popen[str]) -> tuple[int, str]:
    """Wait for the end; gives the exit code and what was said."""
    try:
        _, said = trainers.communicate(timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        # Told so, the launcher ends those that hang.
        trainers.terminate()
        trainers.communicate(timeout=PATIENCE)
        raise
    return trainers.returncode, said


def train_together(run_dir: Path, processes: int) -> tuple[int, str]:
    """Train to the end; gives the exit code and what was said."""
    return end_of(start_together(run_dir, processes))


def process_id(run_dir: Path, rank: int) -> int:
    return int((run_dir / f"rank{rank}.pid").read_text())


def processes_of(run_dir: Path) -> list[int]:
    """How many processes trained, start by start."""
    events, _ = read_events(run_dir / EVENTS_FILE)
    return [event["processes"] for event in events if event["event"] == "started"]
