"""Saves checkpoints in the background: training waits only while tensors are copied."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Self

import torch
from torch import Tensor

from training.engine.checkpoints.checkpoint import (
    Checkpoint,
    TrainingState,
    best_checkpoint,
    write_last,
    write_snapshot,
)
from training.engine.checkpoints.tensor_file import refuse_spoilt
from training.engine.compute.background import Background
from training.engine.run.events import Reporter


class CheckpointSaver:
    """Saves checkpoints and snapshots; each is reported once it is on disk.

    Errors of the background write, such as DiskFull, are raised by the next call.
    """

    def __init__(self, run_dir: Path, reporter: Reporter) -> None:
        self._run_dir = run_dir
        self._reporter = reporter
        self._copies = PinnedCopies()
        self._background: Background[Checkpoint] = Background(self._report_saved)

    def save(self, state: TrainingState, *, keep: bool = False) -> None:
        """Save a checkpoint; returns as soon as the weights may change again.

        With `keep` no later one replaces it.

        Raises LossNotFinite, having written nothing, when a weight is not a finite number.
        """
        self._background.wait()
        tensors = state.tensors()
        refuse_spoilt(tensors, step=state.step)
        copied = self._copies.take(tensors)
        self._background.start(partial(write_last, self._run_dir, copied, state.about(), keep=keep))

    def snapshot(self, state: TrainingState) -> None:
        """Save a permanent snapshot of the weights; raises as save does."""
        self._background.wait()
        weights = state.weights()
        refuse_spoilt(weights, step=state.step)
        copied = self._copies.take(weights)
        self._background.start(partial(write_snapshot, self._run_dir, copied, state.about()))

    def poll(self) -> None:
        """Report finished writes; cheap enough to call every step."""
        self._background.poll()

    def wait(self) -> None:
        """Wait until the last save is on disk and reported."""
        self._background.wait()

    def close(self) -> None:
        self._background.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *reason: object) -> None:
        # Also when the training failed: earlier saves are valid.
        self.close()

    def _report_saved(self, saved: Checkpoint) -> None:
        file = str(saved.path.relative_to(self._run_dir))
        if not saved.about["has_optimizer"]:
            self._reporter.report("snapshot", step=saved.step, file=file)
            return
        rating = {}
        if saved.average is not None:
            best = best_checkpoint(self._run_dir)
            rating = {
                "average": saved.average,
                "best": best is not None and best.path == saved.path,
            }
        self._reporter.report("checkpoint", step=saved.step, file=file, **rating)


class PinnedCopies:
    """Pinned CPU buffers that tensors are copied into, reused from save to save."""

    def __init__(self) -> None:
        self._places: dict[str, Tensor] = {}

    def take(self, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
        """Copy the tensors with one synchronisation; valid until the next call."""
        copies = {name: self._place(name, tensor) for name, tensor in tensors.items()}
        for name, tensor in tensors.items():
            copies[name].copy_(tensor.detach(), non_blocking=True)
        if any(tensor.is_cuda for tensor in tensors.values()):
            torch.cuda.synchronize()
        return copies

    def _place(self, name: str, tensor: Tensor) -> Tensor:
        place = self._places.get(name)
        if place is None or (place.shape, place.dtype) != (tensor.shape, tensor.dtype):
            # Only copies into pinned memory are asynchronous and at full speed.
            place = torch.empty(tensor.shape, dtype=tensor.dtype, pin_memory=tensor.is_cuda)
            self._places[name] = place
        return place
