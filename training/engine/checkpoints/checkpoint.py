"""Checkpoints: everything needed to resume a run, written atomically, never pickled.

`last.json` and `best.json` change only once both files of a checkpoint are safe on disk, and what
they name is never deleted, nor what is marked to be kept. run/checkpoint_files.py says how the
files are called.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor, nn

from curation.files import write_json
from training.engine.checkpoints.tensor_file import digest_of, halved, write_tensors
from training.engine.errors import CheckpointWrong
from training.engine.run.checkpoint_files import (
    BEST,
    FORMAT,
    LAST,
    about_path,
    checkpoint_path,
    drop_all_but,
    is_kept,
    mark_kept,
    point_to,
    pointed_to,
    read_about,
    snapshot_path,
)
from training.engine.run.config import CONFIG_FILE, RunConfig
from training.engine.run.folder import CHECKPOINTS

MODEL, EMA, OPTIMIZER, RANDOM = "model.", "ema.", "optimizer.", "random."
MEND = "Use another checkpoint, or delete this one to train from the beginning."


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A checkpoint on disk."""

    path: Path
    """The `.safetensors` file; its `.json` lies beside it."""
    about: dict[str, Any]
    """format, step, model, config, num_sampled, average, run_id, changed, digest and so on."""

    @property
    def step(self) -> int:
        return int(self.about["step"])

    @property
    def config(self) -> RunConfig:
        return RunConfig.from_dict(self.about["config"])

    @property
    def run_dir(self) -> Path | None:
        """The run folder it belongs to, or None when it was moved out of one."""
        folder = self.path.resolve().parent
        return folder.parent if folder.name == CHECKPOINTS else None

    @property
    def average(self) -> float | None:
        """Mean of loss A plus loss B over the steps since the rated save before, or None."""
        average = self.about.get("average")
        return None if average is None else float(average)

    def verify(self) -> None:
        """Raise CheckpointWrong when the file's SHA-256 is not the recorded one."""
        saved = self.about.get("digest")
        if saved is not None and saved != digest_of(self.path):
            raise CheckpointWrong(
                f"{self.path} has changed since it was saved: its SHA-256 is not {saved[:12]}…, "
                f"as recorded in its .json. {MEND}"
            )

    def tensors(self, prefix: str) -> dict[str, Tensor]:
        """The tensors under `prefix`, by the rest of their names, on the CPU.

        Raises CheckpointWrong when the file is damaged.
        """
        try:
            with safe_open(self.path, framework="pt", device="cpu") as file:
                names = [name for name in file.keys() if name.startswith(prefix)]  # noqa: SIM118, it is no dict
                return {name.removeprefix(prefix): file.get_tensor(name) for name in names}
        except (OSError, SafetensorError) as error:
            raise CheckpointWrong(f"{self.path} cannot be read: {error}. {MEND}") from error

    def load_model(self, model: nn.Module, *, ema: bool = False) -> None:
        """Load the weights into `model`; with `ema` the averaged ones, if there are any.

        Raises CheckpointWrong when they do not fit it.
        """
        try:
            weights = self.tensors(MODEL)
            model.load_state_dict({**weights, **self.tensors(EMA)} if ema else weights)
        except RuntimeError as error:
            raise CheckpointWrong(
                f"The weights in {self.path} are not those of a model "
                f"{self.about['model']!r}: {error}. {MEND}"
            ) from error


@dataclass(frozen=True, kw_only=True, slots=True)
class TrainingState:
    """The state of a run between two steps."""

    config: RunConfig
    step: int
    model: nn.Module
    optimizer: torch.optim.Optimizer
    num_sampled: dict[str, int]
    """How many faces of each side the samplers have given so far."""
    random: dict[str, Tensor] = field(default_factory=dict)
    """States of the random generators, by name."""
    ema: dict[str, Tensor] = field(default_factory=dict)
    """Averaged weights, named as in the model's state; empty when none are kept."""
    average: float | None = None
    """Mean of loss A plus loss B over the steps since the rated save before."""
    run_id: str | None = None
    """Random, assigned at the first start, and the same for the whole run."""
    changed: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Settings changed by commands, such as learning_rate: the configured value "from", and the new
    one "to"."""

    def weights(self) -> dict[str, Tensor]:
        """The tensors that a conversion needs, named as in the file."""
        return {
            **{f"{MODEL}{name}": tensor for name, tensor in self.model.state_dict().items()},
            **{f"{EMA}{name}": tensor for name, tensor in self.ema.items()},
        }

    def tensors(self) -> dict[str, Tensor]:
        """The tensors that resuming needs, named as in the file."""
        names: dict[Tensor, str] = {
            parameter: name for name, parameter in self.model.named_parameters()
        }
        moments = {
            f"{OPTIMIZER}{kind}.{names[parameter]}": tensor
            for parameter, kinds in self.optimizer.state.items()
            for kind, tensor in kinds.items()
        }
        random = {f"{RANDOM}{name}": tensor for name, tensor in self.random.items()}
        return {**self.weights(), **moments, **random}

    def about(self) -> dict[str, Any]:
        """The content of a checkpoint's .json."""
        return {
            "format": FORMAT,
            "step": self.step,
            "model": self.config.model,
            "config": self.config.to_dict(),
            "num_sampled": self.num_sampled,
            "average": self.average,
            "run_id": self.run_id,
            "changed": self.changed,
            "torch": torch.__version__,
        }


def write_last(
    run_dir: Path, tensors: dict[str, Tensor], about: dict[str, Any], *, keep: bool = False
) -> Checkpoint:
    """Write CPU tensors as the last checkpoint, then delete those that no pointer names and that
    nobody has marked. `keep` marks this one.

    Killed at any line, the last and the best checkpoint stay intact. Raises DiskFull.
    """
    folder = run_dir / CHECKPOINTS
    folder.mkdir(exist_ok=True)
    # Left by a killed trainer; they would fill the disk.
    for leftover in folder.glob(".*.partial.*"):
        leftover.unlink()
    before = [named for named in (_named_by(run_dir, BEST), _named_by(run_dir, LAST)) if named]
    path = checkpoint_path(run_dir, about["step"])
    while path in {named.path for named in before} or is_kept(path):
        # After go_back a step number comes again. A named or kept file is never overwritten.
        path = path.with_stem(f"{path.stem}-again")
    if keep:
        # First: killed at any line, what was asked for is marked as soon as it is there.
        mark_kept(path)
    saved = _write(path, tensors, {**about, "has_optimizer": True})
    point_to(run_dir, LAST, path, step=saved.step)
    rated = [each for each in (*before, saved) if each.average is not None]
    kept = {saved.path.stem}
    if rated:
        best = min(rated, key=lambda each: each.average or 0.0)
        point_to(run_dir, BEST, best.path, step=best.step, average=best.average)
        kept.add(best.path.stem)
    drop_all_but(run_dir, kept)
    return saved


def write_snapshot(run_dir: Path, tensors: dict[str, Tensor], about: dict[str, Any]) -> Checkpoint:
    """Write CPU tensors in half precision as a permanent snapshot. Raises DiskFull."""
    path = snapshot_path(run_dir, about["step"])
    path.parent.mkdir(exist_ok=True)
    small = {name: halved(tensor) for name, tensor in tensors.items()}
    return _write(path, small, {**about, "has_optimizer": False})


def last_checkpoint(run_dir: Path) -> Checkpoint | None:
    """The last checkpoint, or None when the run has none yet.

    Raises CheckpointWrong when there is one but it cannot be read.
    """
    return _follow(run_dir, LAST)


def best_checkpoint(run_dir: Path) -> Checkpoint | None:
    """The checkpoint with the lowest average loss, or None when none has one yet.

    Raises CheckpointWrong when there is one but it cannot be read.
    """
    return _follow(run_dir, BEST)


def read_checkpoint(path: Path) -> Checkpoint:
    """The checkpoint at `path`: its `.safetensors` file, or a run folder for its last one.

    Raises CheckpointWrong when there is none or it cannot be read.
    """
    is_run = (path / CONFIG_FILE).is_file() or (path / CHECKPOINTS).is_dir()
    is_there = path.is_file() or about_path(path).is_file()
    if not (is_run or (path.suffix == ".safetensors" and is_there)):
        raise CheckpointWrong(
            f"There is neither a checkpoint nor a run at {path}; name a run folder, or a "
            f".safetensors file in its {CHECKPOINTS} folder."
        )
    if is_run:
        last = last_checkpoint(path)
        if last is None:
            raise CheckpointWrong(f"{path} has no checkpoint yet; train a while first.")
        return last
    try:
        about = read_about(path)
    except (OSError, ValueError) as error:
        raise CheckpointWrong(f"{path} is not a readable checkpoint: {error}. {MEND}") from error
    if not path.is_file():
        raise CheckpointWrong(f"{path} is missing, though its .json is there. {MEND}")
    # Entries without a "from" value are ignored: config.json applies.
    before = about.get("changed", {})
    changed = {name: change for name, change in before.items() if isinstance(change, dict)}
    return Checkpoint(path=path, about={**about, "changed": changed})


def load_optimizer(
    checkpoint: Checkpoint, model: nn.Module, optimizer: torch.optim.Optimizer
) -> None:
    """Put the saved moments of every weight back into `optimizer`."""
    moments = checkpoint.tensors(OPTIMIZER)
    for name, parameter in model.named_parameters():
        for kind in {key.split(".", 1)[0] for key in moments}:
            saved = moments.get(f"{kind}.{name}")
            if saved is None:
                raise CheckpointWrong(f"{checkpoint.path} lacks {kind} of {name}. {MEND}")
            # The memory layout of the weight, as fused kernels require.
            alike = torch.empty_like(parameter if saved.shape == parameter.shape else saved)
            keep_on_cpu = kind == "step" and not optimizer.defaults.get("fused")
            alike = alike.cpu() if keep_on_cpu else alike.to(parameter.device)
            optimizer.state[parameter][kind] = alike.copy_(saved)


def _follow(run_dir: Path, pointer: str) -> Checkpoint | None:
    try:
        path = pointed_to(run_dir, pointer)
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        where = run_dir / CHECKPOINTS / pointer
        raise CheckpointWrong(f"{where} cannot be read: {error!r}. {MEND}") from error
    if not path.is_file():
        raise CheckpointWrong(f"{path} is missing, though {pointer} names it. {MEND}")
    return read_checkpoint(path)


def _named_by(run_dir: Path, pointer: str) -> Checkpoint | None:
    try:
        return _follow(run_dir, pointer)
    except CheckpointWrong:
        # A damaged one is replaced by the one that is being written.
        return None


def _write(path: Path, tensors: dict[str, Tensor], about: dict[str, Any]) -> Checkpoint:
    # A .json always describes the tensors beside it.
    about_path(path).unlink(missing_ok=True)
    digest = write_tensors(path, tensors)
    saved_at = datetime.now(UTC).isoformat(timespec="seconds")
    about = {**about, "saved_at": saved_at, "digest": digest}
    write_json(about_path(path), about)
    return Checkpoint(path=path, about=about)
