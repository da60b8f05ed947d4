"""Two processes train one model together."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from tests.training.engine.run_folders import ROOT, saved_tensors, wait_for_step
from training.engine.checkpoint import last_checkpoint
from training.engine.commands import send
from training.engine.events import EVENTS_FILE, outcome, read_events

# Trains as `tiny` does, and leaves the weights that each process ended with.
PROGRAM = """
import os, sys
from pathlib import Path
import torch
from safetensors.torch import save_file
from tests.training.engine import tiny
from training.engine.architectures import Architecture, register

torch.set_num_threads(1)
built = []

def build(*, learn_mask=False):
    built.append(tiny.Steady(learn_mask=learn_mask))
    return built[0]

register(Architecture(name="steady", input_size=tiny.SIZE, output_size=tiny.SIZE, build=build))
code = tiny.main(sys.argv[1:])
if built:
    save_file(built[0].state_dict(), Path(sys.argv[1]) / f"rank{os.environ['RANK']}.safetensors")
sys.exit(code)
"""


def start_together(run_dir: Path) -> subprocess.Popen[str]:
    program = run_dir / "program.py"
    program.write_text(PROGRAM)
    launcher = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    return subprocess.Popen(
        [sys.executable, *launcher, str(program), str(run_dir)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
        stderr=subprocess.PIPE,
        text=True,
    )


def train_together(run_dir: Path) -> tuple[int, str]:
    """Train to the end; gives the exit code and what was said."""
    trainers = start_together(run_dir)
    _, said = trainers.communicate(timeout=300)
    return trainers.returncode, said


@pytest.mark.slow
def test_both_end_with_the_weights_that_one_alone_would_have(
    make_run: Callable[..., Path], train: Callable[[Path], int]
) -> None:
    settings = {"steps": 12, "batch_size": 6, "model": "steady", "precision": "fp32"}
    together, alone = make_run("together", **settings), make_run("alone", **settings)
    code, said = train_together(together)
    assert code == 0, said
    assert train(alone) == 0

    first, second = (load_file(together / f"rank{rank}.safetensors") for rank in range(2))
    single = saved_tensors(alone)
    for name, weight in first.items():
        assert torch.equal(weight, second[name])
        assert torch.allclose(weight, single[f"model.{name}"], atol=2e-5)
    told, _ = read_events(together / EVENTS_FILE)
    assert [event["processes"] for event in told if event["event"] == "started"] == [2]
    losses = [event for event in told if event["event"] == "loss"]
    assert [event["step"] for event in losses] == list(range(1, 13))


@pytest.mark.slow
def test_nonsense_in_one_process_stops_both_before_a_weight_changes(
    make_run: Callable[..., Path],
) -> None:
    run_dir = make_run(steps=20, model="bursting", save_every=4)
    code, _ = train_together(run_dir)
    assert code != 0
    told, _ = read_events(run_dir / EVENTS_FILE)
    assert told[-1]["code"] == "loss_not_finite"
    assert [event["step"] for event in told if event["event"] == "checkpoint"] == [4]
    assert all(tensor.isfinite().all() for tensor in saved_tensors(run_dir).values())


@pytest.mark.slow
def test_both_stop_when_asked_and_go_on_later(make_run: Callable[..., Path]) -> None:
    run_dir = make_run(steps=8)
    send(run_dir, "stop")
    train_together(run_dir)
    assert outcome(run_dir) == "stopped"
    code, said = train_together(run_dir)
    assert code == 0, said
    assert outcome(run_dir) == "finished"


@pytest.mark.slow
def test_a_terminated_launcher_lets_both_save_first(make_run: Callable[..., Path]) -> None:
    run_dir = make_run(steps=100_000, save_every=100_000)
    trainers = start_together(run_dir)
    wait_for_step(run_dir, 20)
    trainers.terminate()
    trainers.communicate(timeout=300)
    assert outcome(run_dir) == "stopped"
    checkpoint = last_checkpoint(run_dir)
    assert checkpoint is not None
    assert checkpoint.step >= 20


@pytest.mark.slow
def test_wrong_input_ends_both_with_one_failure(make_run: Callable[..., Path]) -> None:
    run_dir = make_run(batch_size=5)
    code, _ = train_together(run_dir)
    assert code != 0
    told, _ = read_events(run_dir / EVENTS_FILE)
    assert [event["event"] for event in told] == ["failed"]
    assert json.dumps(told[0]).count("batch_not_divisible") == 1
