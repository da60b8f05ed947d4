"""Small runs between two steps, and their saving as the trainer does it."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import torch
from torch import nn

from training.engine.checkpoints.checkpoint import (
    Checkpoint,
    TrainingState,
    last_checkpoint,
    read_checkpoint,
)
from training.engine.checkpoints.saver import CheckpointSaver
from training.engine.run.config import RunConfig, SideConfig
from training.engine.run.events import Reporter

CONFIG = RunConfig(
    a=SideConfig(folder="a", manifest_sha256="a" * 64),
    b=SideConfig(folder="b", manifest_sha256="b" * 64),
    steps=9,
)


def make_state(
    step: int, *, width: int = 16, seed: int = 0, average: float | None = None
) -> TrainingState:
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
        num_sampled={"a": 10 * step, "b": 20 * step},
        random={"cpu.0": torch.Generator().manual_seed(step).get_state()},
        average=average,
    )


def save_last(run_dir: Path, state: TrainingState) -> Checkpoint:
    """Save everything; gives the checkpoint to go on from."""
    with closing(Reporter(None)) as silent, CheckpointSaver(run_dir, silent) as saver:
        saver.save(state)
    saved = last_checkpoint(run_dir)
    assert saved is not None
    return saved


def save_snapshot(run_dir: Path, state: TrainingState) -> Checkpoint:
    """Save the weights alone; gives the snapshot."""
    with closing(Reporter(None)) as silent, CheckpointSaver(run_dir, silent) as saver:
        saver.snapshot(state)
    return read_checkpoint(run_dir / "checkpoints" / f"snapshot-{state.step:08d}.safetensors")
