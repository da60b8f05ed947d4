"""Several processes train one model together, and go on when one of them was lost."""

from __future__ import annotations

import json
import os
import shutil
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from tests.training.engine.run_folders import assert_same, saved_tensors, wait_for_step
from tests.training.engine.together import (
    end_of,
    process_id,
    processes_of,
    start_together,
    train_together,
)
from training.engine.checkpoints.checkpoint import last_checkpoint
from training.engine.run.commands import send
from training.engine.run.events import EVENTS_FILE, outcome, read_events


def set_steps(run_dir: Path, steps: int) -> None:
    config = json.loads((run_dir / "config.json").read_text())
    (run_dir / "config.json").write_text(json.dumps({**config, "steps": steps}))


def losses_of(run_dir: Path) -> dict[int, list[float]]:
    """Loss A and loss B, by step."""
    events, _ = read_events(run_dir / EVENTS_FILE)
    return {event["step"]: [event["a"], event["b"]] for event in events if event["event"] == "loss"}


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
    return dict(last.about["num_sampled"])


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
