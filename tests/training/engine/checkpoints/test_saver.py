"""A run is saved beside its training, and nothing that was saved is ever lost."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
import torch

from curation.files import DiskFull
from tests.training.engine.run_folders import ROOT
from tests.training.engine.saved import make_state
from training.engine.checkpoints.checkpoint import (
    best_checkpoint,
    last_checkpoint,
    read_checkpoint,
)
from training.engine.checkpoints.go_back import go_back
from training.engine.checkpoints.saver import CheckpointSaver
from training.engine.errors import AlreadyRunning, CheckpointWrong, LossNotFinite
from training.engine.run.checkpoint_files import saved_checkpoints
from training.engine.run.events import EVENTS_FILE, Reporter, read_events
from training.engine.run.lock import only_trainer


@pytest.fixture
def saver(tmp_path: Path) -> Iterator[CheckpointSaver]:
    with closing(Reporter(tmp_path / EVENTS_FILE)) as reporter:
        saver = CheckpointSaver(tmp_path, reporter)
        yield saver
        saver.close()


def reported(run_dir: Path) -> list[dict[str, Any]]:
    return read_events(run_dir / EVENTS_FILE)[0]


@contextmanager
def room_for(num_bytes: int) -> Iterator[None]:
    """Within it, no file can grow larger: to whoever writes it is as a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (num_bytes, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_what_is_saved_is_the_moment_of_saving(tmp_path: Path, saver: CheckpointSaver) -> None:
    state = make_state(3, width=400)
    weights = {name: tensor.clone() for name, tensor in state.model.state_dict().items()}
    saver.save(state)
    with torch.no_grad():
        for parameter in state.model.parameters():
            parameter.zero_()
    saver.wait()
    kept = last_checkpoint(tmp_path)
    assert kept is not None
    saved = kept.tensors("model.")
    assert all(torch.equal(saved[name], tensor) for name, tensor in weights.items())


def test_a_checkpoint_is_told_once_it_is_safe(tmp_path: Path, saver: CheckpointSaver) -> None:
    saver.save(make_state(3, average=0.5))
    assert reported(tmp_path) == []
    while not reported(tmp_path):
        saver.poll()
    assert last_checkpoint(tmp_path) is not None
    saver.save(make_state(4, average=0.6))
    saver.snapshot(make_state(4))
    saver.wait()
    saver.wait()
    assert [
        (event["event"], event["step"], event.get("average"), event.get("best"))
        for event in reported(tmp_path)
    ] == [
        ("checkpoint", 3, 0.5, True),
        ("checkpoint", 4, 0.6, False),
        ("snapshot", 4, None, None),
    ]


def test_a_full_disk_is_told_to_the_trainer_and_costs_no_checkpoint(
    tmp_path: Path, saver: CheckpointSaver
) -> None:
    saver.save(make_state(1, average=0.5))
    saver.wait()
    with room_for(100_000):
        saver.save(make_state(2, width=4000, average=0.4))
        with pytest.raises(DiskFull, match=r"No room is left on the disk to write .*step-00000002"):
            saver.wait()
    last, best = last_checkpoint(tmp_path), best_checkpoint(tmp_path)
    assert last is not None
    assert last == best
    last.verify()
    assert sorted(path.suffix for path in (tmp_path / "checkpoints").glob("[.s]*")) == [
        ".json",
        ".safetensors",
    ]
    saver.save(make_state(2, average=0.4))
    saver.wait()
    assert best_checkpoint(tmp_path).step == 2  # type: ignore[union-attr]


@pytest.mark.parametrize("spoilt", [float("nan"), float("inf")])
@pytest.mark.parametrize("where", ["weight", "moment", "average"])
def test_spoilt_numbers_are_refused_before_anything_is_written(
    tmp_path: Path, saver: CheckpointSaver, spoilt: float, where: str
) -> None:
    state = make_state(1)
    with torch.no_grad():
        match where:
            case "weight":
                state.model[2].weight[0, 0] = spoilt
            case "moment":
                state.optimizer.state[state.model[2].weight]["exp_avg_sq"][0, 0] = spoilt
            case "average":
                state.ema["2.weight"] = torch.tensor([1.0, spoilt])
    with pytest.raises(LossNotFinite, match=r"2.weight is not finite at step 1"):
        saver.save(state)
    assert not (tmp_path / "checkpoints").exists()


def test_a_run_that_got_worse_goes_on_from_its_best(tmp_path: Path, saver: CheckpointSaver) -> None:
    for step, average in ((10, 0.5), (20, 0.2), (30, 0.9)):
        saver.save(make_state(step, seed=step, average=average))
    saver.wait()
    assert go_back(tmp_path).step == 20
    assert last_checkpoint(tmp_path) == best_checkpoint(tmp_path)
    saver.save(make_state(30, seed=31, average=0.1))
    saver.wait()
    last = last_checkpoint(tmp_path)
    assert last == best_checkpoint(tmp_path)
    assert last is not None
    assert torch.equal(
        last.tensors("model.")["2.weight"], make_state(30, seed=31).model[2].weight.detach()
    )


def test_nobody_goes_back_under_a_trainer_or_to_nothing(tmp_path: Path) -> None:
    with pytest.raises(CheckpointWrong, match="no best checkpoint yet"):
        go_back(tmp_path)
    with only_trainer(tmp_path), pytest.raises(AlreadyRunning):
        go_back(tmp_path)


SAVE_FOREVER = """
import sys
from pathlib import Path
from tests.training.engine.saved import make_state
from training.engine.checkpoints.checkpoint import best_checkpoint
from training.engine.run.events import Reporter
from training.engine.checkpoints.saver import CheckpointSaver
run_dir = Path(sys.argv[1])
saver = CheckpointSaver(run_dir, Reporter(None))
best = best_checkpoint(run_dir)
first = best.step + 1 if best else 1
saver.save(make_state(first, width=4000, seed=first, average=1 / first))
saver.wait()
print("saved", flush=True)
step = first
while True:
    step += 1
    saver.save(make_state(step, width=4000, seed=step, average=1.0))
    saver.wait()
"""


@pytest.mark.slow
def test_a_kill_while_it_writes_costs_neither_the_last_nor_the_best(tmp_path: Path) -> None:
    for attempt in range(4):
        trainer = subprocess.Popen(
            [sys.executable, "-c", SAVE_FOREVER, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE
        )
        assert trainer.stdout is not None
        assert trainer.stdout.readline() == b"saved\n"
        deadline = time.monotonic() + 20
        # Until the background is in the middle of a file, another moment each time.
        while not list((tmp_path / "checkpoints").glob(".step-*.partial.safetensors")):
            assert time.monotonic() < deadline
        time.sleep(0.002 * attempt)
        os.kill(trainer.pid, signal.SIGKILL)
        trainer.wait()
        trainer.stdout.close()

        last, best = last_checkpoint(tmp_path), best_checkpoint(tmp_path)
        assert last is not None
        assert best is not None
        assert best.step == attempt + 1
        for kept in (last, best):
            kept.verify()
            wanted = make_state(kept.step, width=4000, seed=kept.step).model.state_dict()
            restored = kept.tensors("model.")
            assert all(torch.equal(restored[name], wanted[name]) for name in wanted)
    with closing(Reporter(None)) as silent, CheckpointSaver(tmp_path, silent) as saver:
        saver.save(make_state(99, average=2.0))
    assert not list((tmp_path / "checkpoints").glob(".*"))
    assert best_checkpoint(tmp_path) == best


def test_what_was_asked_for_stays_whatever_is_saved_later(
    tmp_path: Path, saver: CheckpointSaver
) -> None:
    for step in range(1, 9):
        saver.save(make_state(step, seed=step, average=9 - step), keep=step in {2, 5})
    saver.wait()
    assert [saved.step for saved in saved_checkpoints(tmp_path)] == [2, 5, 8]
    for saved in saved_checkpoints(tmp_path):
        read_checkpoint(saved.path).verify()


def test_going_back_and_on_overwrites_nothing_that_was_asked_for(
    tmp_path: Path, saver: CheckpointSaver
) -> None:
    saver.save(make_state(10, average=0.1))
    for step in (20, 30):
        saver.save(make_state(step, seed=step, average=0.9), keep=True)
    saver.wait()
    kept = {saved.step: saved.path for saved in saved_checkpoints(tmp_path)}
    before = {step: kept[step].read_bytes() for step in (20, 30)}
    assert go_back(tmp_path).step == 10
    for step in (20, 30, 40):
        saver.save(make_state(step, seed=step + 1, average=0.8))
    saver.wait()
    assert {step: kept[step].read_bytes() for step in (20, 30)} == before
    assert last_checkpoint(tmp_path).step == 40  # type: ignore[union-attr]


KEEP_NOW_AND_THEN = """
import sys
from pathlib import Path
from tests.training.engine.saved import make_state
from training.engine.checkpoints.checkpoint import last_checkpoint
from training.engine.run.events import Reporter
from training.engine.checkpoints.saver import CheckpointSaver
run_dir = Path(sys.argv[1])
saver = CheckpointSaver(run_dir, Reporter(None))
last = last_checkpoint(run_dir)
step = last.step if last else 0
while True:
    step += 1
    saver.save(make_state(step, width=400, seed=step, average=1.0), keep=step % 3 == 0)
    saver.wait()
    if step % 3 == 0:
        print(step, flush=True)
"""


@pytest.mark.slow
def test_what_was_asked_for_outlives_any_number_of_kills(tmp_path: Path) -> None:
    told: list[int] = []
    for attempt in range(6):
        trainer = subprocess.Popen(
            [sys.executable, "-c", KEEP_NOW_AND_THEN, str(tmp_path)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
        )
        assert trainer.stdout is not None
        told += [int(trainer.stdout.readline()) for _ in range(2)]
        time.sleep(0.013 * attempt)
        os.kill(trainer.pid, signal.SIGKILL)
        told += [int(line) for line in trainer.stdout.read().split()]
        trainer.wait()
        trainer.stdout.close()
        saved = {each.step: each.path for each in saved_checkpoints(tmp_path)}
        assert set(told) <= saved.keys()
    for step in told:
        read_checkpoint(saved[step]).verify()
