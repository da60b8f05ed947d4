"""Several processes train one model together, and go on when one of them was lost."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from tests.training.engine.run_folders import ROOT, assert_same, saved_tensors, wait_for_step
from training.engine.checkpoint import last_checkpoint
from training.engine.commands import send
from training.engine.events import EVENTS_FILE, outcome, read_events

# Trains as `tiny` does, tells its process id, and leaves the weights that it ended with and its
# exit code.
PROGRAM = """
import os, sys
from pathlib import Path
import torch
from safetensors.torch import save_file
from tests.training.engine import tiny
from training.engine.architectures import Architecture, register

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


def set_steps(run_dir: Path, steps: int) -> None:
    config = json.loads((run_dir / "config.json").read_text())
    (run_dir / "config.json").write_text(json.dumps({**config, "steps": steps}))


def losses_of(run_dir: Path) -> dict[int, list[float]]:
    """Loss A and loss B, by step."""
    told, _ = read_events(run_dir / EVENTS_FILE)
    return {event["step"]: [event["a"], event["b"]] for event in told if event["event"] == "loss"}


def processes_of(run_dir: Path) -> list[int]:
    """How many processes trained, start by start."""
    told, _ = read_events(run_dir / EVENTS_FILE)
    return [event["processes"] for event in told if event["event"] == "started"]


@pytest.mark.slow
def test_four_end_with_the_weights_that_one_alone_would_have(
    make_run: Callable[..., Path], train: Callable[[Path], int]
) -> None:
    settings = {"steps": 12, "batch_size": 12, "model": "steady", "precision": "fp32"}
    together, alone = make_run("together", **settings), make_run("alone", **settings)
    code, said = train_together(together, 4)
    assert code == 0, said
    assert train(alone) == 0

    first, *others = (load_file(together / f"rank{rank}.safetensors") for rank in range(4))
    for other in others:
        assert_same(first, other)
    single = saved_tensors(alone)
    for name, weight in first.items():
        assert torch.allclose(weight, single[f"model.{name}"], atol=2e-5)
    assert processes_of(together) == [4]
    assert list(losses_of(together)) == list(range(1, 13))


@pytest.mark.slow
def test_four_stopped_then_bereft_of_one_end_bit_for_bit_as_four_never_disturbed(
    make_run: Callable[..., Path], train: Callable[[Path], int]
) -> None:
    settings = {"model": "normed", "steps": 48, "batch_size": 8, "save_every": 5, "ema_decay": 0.9}
    untouched, disturbed = make_run("untouched", **settings), make_run("disturbed", **settings)
    code, said = train_together(untouched, 4)
    assert code == 0, said

    trainers = start_together(disturbed, 4)
    wait_for_step(disturbed, 8)
    send(disturbed, "stop")
    end_of(trainers)
    assert outcome(disturbed) == "stopped"

    stopped = last_checkpoint(disturbed)
    assert stopped is not None
    trainers = start_together(disturbed, 4)
    wait_for_step(disturbed, stopped.step + 12)
    os.kill(process_id(disturbed, 2), signal.SIGKILL)
    code, _ = end_of(trainers)
    assert code != 0
    assert_left_whole(disturbed, after=stopped.step)

    alone = disturbed.with_name("alone")
    shutil.copytree(disturbed, alone)
    assert train(alone) == 0
    code, said = train_together(disturbed, 4)
    assert code == 0, said
    assert processes_of(alone) == [4, 4, 1]
    assert_same(saved_tensors(untouched), saved_tensors(disturbed))
    assert order_of(alone) == order_of(disturbed) == {"a": 48 * 8, "b": 48 * 8}


def assert_left_whole(run_dir: Path, *, after: int) -> None:
    """All four are gone, and left a later checkpoint that is whole, and nothing half-written."""
    for rank in range(4):
        with pytest.raises(ProcessLookupError):
            os.kill(process_id(run_dir, rank), 0)
    last = last_checkpoint(run_dir)
    assert last is not None
    assert after < last.step < 48
    last.verify()
    assert not list(run_dir.rglob("*partial*"))


def order_of(run_dir: Path) -> dict[str, Any]:
    """How many faces of each side the last checkpoint's run had drawn."""
    last = last_checkpoint(run_dir)
    assert last is not None
    return dict(last.about["order"])


@pytest.mark.slow
def test_one_then_four_then_one_learn_what_one_alone_would_have(
    make_run: Callable[..., Path], train: Callable[[Path], int]
) -> None:
    settings = {"steps": 18, "batch_size": 8, "model": "steady", "precision": "fp32"}
    alone, handed_on = make_run("alone", **settings), make_run("handed_on", **settings)
    assert train(alone) == 0
    set_steps(handed_on, 6)
    assert train(handed_on) == 0
    set_steps(handed_on, 12)
    code, said = train_together(handed_on, 4)
    assert code == 0, said
    set_steps(handed_on, 18)
    assert train(handed_on) == 0

    assert processes_of(handed_on) == [1, 4, 1]
    losses, expected = losses_of(handed_on), losses_of(alone)
    assert losses.keys() == expected.keys()
    for step, pair in losses.items():
        assert pair == pytest.approx(expected[step], abs=1e-4)
    left, right = saved_tensors(handed_on), saved_tensors(alone)
    for name in (name for name in left if name.startswith("model.")):
        assert torch.allclose(left[name], right[name], atol=5e-5)


@pytest.mark.slow
def test_nonsense_in_one_process_stops_both_before_a_weight_changes(
    make_run: Callable[..., Path],
) -> None:
    run_dir = make_run(steps=20, model="bursting", save_every=4)
    code, _ = train_together(run_dir, 2)
    assert code != 0
    told, _ = read_events(run_dir / EVENTS_FILE)
    assert told[-1]["code"] == "loss_not_finite"
    assert [event["step"] for event in told if event["event"] == "checkpoint"] == [4]
    assert all(tensor.isfinite().all() for tensor in saved_tensors(run_dir).values())


@pytest.mark.slow
def test_a_terminated_launcher_lets_both_save_first(make_run: Callable[..., Path]) -> None:
    run_dir = make_run(steps=100_000, save_every=100_000)
    trainers = start_together(run_dir, 2)
    wait_for_step(run_dir, 20)
    trainers.terminate()
    end_of(trainers)
    assert outcome(run_dir) == "stopped"
    checkpoint = last_checkpoint(run_dir)
    assert checkpoint is not None
    assert checkpoint.step >= 20


@pytest.mark.slow
def test_nobody_leaves_before_the_main_process_has_drawn_and_saved(
    make_run: Callable[..., Path],
) -> None:
    """Or the launcher would end it after 30 seconds."""
    run_dir = make_run(model="lingering", steps=2)
    code, said = train_together(run_dir, 2)
    assert code == 0, said
    drawn = (run_dir / "previews" / "00000002.webp").stat().st_mtime_ns
    left = (run_dir / "rank1.code").stat().st_mtime_ns
    assert left > drawn


@pytest.mark.slow
def test_wrong_input_ends_both_with_one_failure(make_run: Callable[..., Path]) -> None:
    run_dir = make_run(batch_size=5)
    code, _ = train_together(run_dir, 2)
    assert code != 0
    told, _ = read_events(run_dir / EVENTS_FILE)
    assert [event["event"] for event in told] == ["failed"]
    assert json.dumps(told[0]).count("batch_not_divisible") == 1
