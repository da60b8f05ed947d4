"""A checkpoint holds all of a run, or it is not there."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch
from torch import nn

from tests.training.engine.run_folders import ROOT
from training.engine.checkpoint import (
    TrainingState,
    last_checkpoint,
    load_optimizer,
    read_checkpoint,
    save_last,
    save_snapshot,
)
from training.engine.config import RunConfig, SideConfig
from training.engine.errors import CheckpointWrong, LossNotFinite

CONFIG = RunConfig(
    a=SideConfig(folder="a", manifest_sha256="a" * 64),
    b=SideConfig(folder="b", manifest_sha256="b" * 64),
    steps=9,
)


def make_state(step: int, *, width: int = 16, seed: int = 0) -> TrainingState:
    """A small model after one step of Adam."""
    torch.manual_seed(seed)
    model = nn.Sequential(nn.Conv2d(3, width, 3), nn.Flatten(), nn.Linear(width * 36, 4))
    optimizer = torch.optim.Adam(model.parameters(), lr=0.1, fused=True)
    model(torch.rand(2, 3, 8, 8)).sum().backward()
    optimizer.step()
    return TrainingState(
        config=CONFIG,
        step=step,
        model=model,
        optimizer=optimizer,
        order={"a": 10 * step, "b": 20 * step},
        random={"augment": torch.Generator().manual_seed(step).get_state()},
    )


def test_what_was_saved_is_what_is_read(tmp_path: Path) -> None:
    saved = make_state(3)
    save_last(tmp_path, saved)
    found = last_checkpoint(tmp_path)
    assert found is not None
    assert (found.step, found.config, found.about["order"]) == (3, CONFIG, {"a": 30, "b": 60})

    other = make_state(1, seed=5)
    found.load_model(other.model)
    load_optimizer(found, other.model, other.optimizer)
    pairs = zip(saved.model.parameters(), other.model.parameters(), strict=True)
    for wanted, restored in pairs:
        assert torch.equal(wanted, restored)
        for kind, moment in saved.optimizer.state[wanted].items():
            assert torch.equal(moment, other.optimizer.state[restored][kind])
    assert torch.equal(found.tensors("random.")["augment"], saved.random["augment"])


def test_moments_are_laid_out_as_their_weights(tmp_path: Path) -> None:
    """Fused kernels walk through weight and moments together, whatever their order in memory."""
    save_last(tmp_path, make_state(1))
    found = read_checkpoint(tmp_path)
    other = make_state(1)
    other.model.to(memory_format=torch.channels_last)
    load_optimizer(found, other.model, other.optimizer)
    weight = other.model[0].weight
    assert other.optimizer.state[weight]["exp_avg"].stride() == weight.stride()


def test_only_the_last_is_kept_and_snapshots_stay(tmp_path: Path) -> None:
    save_last(tmp_path, make_state(1))
    save_snapshot(tmp_path, make_state(1))
    save_last(tmp_path, make_state(2))
    names = sorted(path.name for path in (tmp_path / "checkpoints").iterdir())
    assert names == [
        "last.json",
        "snapshot-00000001.json",
        "snapshot-00000001.safetensors",
        "step-00000002.json",
        "step-00000002.safetensors",
    ]
    snapshot = read_checkpoint(tmp_path / "checkpoints" / "snapshot-00000001.safetensors")
    assert {tensor.dtype for tensor in snapshot.tensors("model.").values()} == {torch.float16}
    assert not snapshot.tensors("optimizer.")


def test_spoilt_weights_are_never_saved_over_good_ones(tmp_path: Path) -> None:
    good = save_last(tmp_path, make_state(1))
    spoilt = make_state(2)
    with torch.no_grad():
        next(spoilt.model.parameters())[0] = float("nan")
    with pytest.raises(LossNotFinite, match="nothing was saved"):
        save_last(tmp_path, spoilt)
    assert last_checkpoint(tmp_path) == good


def test_a_run_without_checkpoint_has_none(tmp_path: Path) -> None:
    assert last_checkpoint(tmp_path) is None
    with pytest.raises(CheckpointWrong, match="no checkpoint yet"):
        read_checkpoint(tmp_path)


@pytest.mark.parametrize("damage", ["pointer", "sidecar", "tensors", "cut off"])
def test_a_damaged_checkpoint_is_named(tmp_path: Path, damage: str) -> None:
    saved = save_last(tmp_path, make_state(1))
    match damage:
        case "pointer":
            (tmp_path / "checkpoints" / "last.json").write_text("{")
        case "sidecar":
            saved.path.with_suffix(".json").write_text("{}")
        case "tensors":
            saved.path.unlink()
        case "cut off":
            saved.path.write_bytes(saved.path.read_bytes()[:-100])
    with pytest.raises(CheckpointWrong, match="Give another checkpoint, or delete this one"):
        read_checkpoint(tmp_path).tensors("model.")


def test_weights_of_another_shape_are_refused(tmp_path: Path) -> None:
    save_last(tmp_path, make_state(1, width=8))
    with pytest.raises(CheckpointWrong, match="not those of a model 'original'"):
        read_checkpoint(tmp_path).load_model(make_state(1, width=16).model)


SAVE_FOREVER = """
import sys
from pathlib import Path
from tests.training.engine.test_checkpoint import make_state
from training.engine.checkpoint import save_last
step = 0
while True:
    step += 1
    save_last(Path(sys.argv[1]), make_state(step, width=400, seed=step))
    print(step, flush=True)
"""


@pytest.mark.slow
def test_a_kill_while_saving_leaves_the_checkpoint_before(tmp_path: Path) -> None:
    last_step = 0
    for attempt in range(3):
        saver = subprocess.Popen(
            [sys.executable, "-c", SAVE_FOREVER, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE
        )
        assert saver.stdout is not None
        saver.stdout.readline()
        # Another moment of the saving each time.
        time.sleep(0.05 + 0.06 * attempt)
        os.kill(saver.pid, signal.SIGKILL)
        saver.wait()
        saver.stdout.close()

        found = last_checkpoint(tmp_path)
        assert found is not None
        last_step = found.step
        expected = make_state(last_step, width=400, seed=last_step).model.state_dict()
        restored = found.tensors("model.")
        assert all(torch.equal(restored[name], expected[name]) for name in expected)
    save_last(tmp_path, make_state(last_step + 1))
    assert not list((tmp_path / "checkpoints").glob(".*"))
