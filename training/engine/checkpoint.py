"""A run's state on disk: all that resuming needs, written whole or not at all, never pickled.

A checkpoint is two files of one name: tensors in `.safetensors` and the rest, readable, in
`.json`. `last.json` names the one to go on from; it changes only once both are safe on disk.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from training.engine.config import RunConfig
from training.engine.durable import whole_file, write_json
from training.engine.errors import CheckpointWrong, LossNotFinite

FORMAT = "winnow-checkpoint/1"
FOLDER = "checkpoints"
POINTER = "last.json"
MODEL, OPTIMIZER, RANDOM = "model.", "optimizer.", "random."
MEND = "Give another checkpoint, or delete this one to begin anew."


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A checkpoint on disk."""

    path: Path
    """The `.safetensors` file; its `.json` lies beside it."""
    about: dict[str, Any]
    """format, step, model, config, order, has_optimizer, saved_at, ..."""

    @property
    def step(self) -> int:
        return int(self.about["step"])

    @property
    def config(self) -> RunConfig:
        return RunConfig.from_dict(self.about["config"])

    def tensors(self, prefix: str) -> dict[str, Tensor]:
        """The tensors whose names begin with `prefix`, without it, on the CPU.

        Raises CheckpointWrong when the file is damaged.
        """
        try:
            with safe_open(self.path, framework="pt", device="cpu") as file:
                names = [name for name in file.keys() if name.startswith(prefix)]  # noqa: SIM118, it is no dict
                return {name.removeprefix(prefix): file.get_tensor(name) for name in names}
        except (OSError, SafetensorError) as error:
            raise CheckpointWrong(f"{self.path} cannot be read: {error}. {MEND}") from error

    def load_model(self, model: nn.Module) -> None:
        """Put the weights into `model`. Raises CheckpointWrong when they do not fit it."""
        try:
            model.load_state_dict(self.tensors(MODEL))
        except RuntimeError as error:
            raise CheckpointWrong(
                f"The weights in {self.path} are not those of a model "
                f"{self.about['model']!r}: {error}. {MEND}"
            ) from error


@dataclass(frozen=True, kw_only=True, slots=True)
class TrainingState:
    """What a run is made of between two steps."""

    config: RunConfig
    step: int
    model: nn.Module
    optimizer: torch.optim.Optimizer
    order: dict[str, int]
    """How many faces of each side were drawn so far."""
    random: dict[str, Tensor] = field(default_factory=dict)
    """States of the random generators, by name."""


def save_last(run_dir: Path, state: TrainingState) -> Checkpoint:
    """Save everything and make it the checkpoint to go on from; the one before it goes.

    Raises LossNotFinite, saving nothing, when a weight is not a finite number.
    """
    folder = run_dir / FOLDER
    folder.mkdir(exist_ok=True)
    # What a killed trainer was writing: it would fill the disk, kill by kill.
    for leftover in folder.glob(".*.partial.*"):
        leftover.unlink()
    names: dict[Tensor, str] = {
        parameter: name for name, parameter in state.model.named_parameters()
    }
    tensors = {
        **{f"{MODEL}{name}": tensor for name, tensor in state.model.state_dict().items()},
        **{f"{RANDOM}{name}": tensor for name, tensor in state.random.items()},
    }
    for parameter, moments in state.optimizer.state.items():
        for kind, tensor in moments.items():
            tensors[f"{OPTIMIZER}{kind}.{names[parameter]}"] = tensor
    saved = _write(folder / f"step-{state.step:08d}.safetensors", tensors, state, whole=True)
    write_json(folder / POINTER, {"file": saved.path.name, "step": state.step})
    for old in folder.glob("step-*.*"):
        if old.stem != saved.path.stem:
            old.unlink()
    return saved


def save_snapshot(run_dir: Path, state: TrainingState) -> Checkpoint:
    """Save the weights alone, in half precision: enough to convert with, and it stays."""
    weights = {
        f"{MODEL}{name}": tensor.half() if tensor.is_floating_point() else tensor
        for name, tensor in state.model.state_dict().items()
    }
    path = run_dir / FOLDER / f"snapshot-{state.step:08d}.safetensors"
    path.parent.mkdir(exist_ok=True)
    return _write(path, weights, state, whole=False)


def last_checkpoint(run_dir: Path) -> Checkpoint | None:
    """The checkpoint to go on from, or None when the run has none yet.

    Raises CheckpointWrong when there is one but it cannot be read.
    """
    pointer = run_dir / FOLDER / POINTER
    try:
        name = json.loads(pointer.read_text(encoding="utf-8"))["file"]
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CheckpointWrong(f"{pointer} cannot be read: {error!r}. {MEND}") from error
    return read_checkpoint(pointer.parent / name)


def read_checkpoint(path: Path) -> Checkpoint:
    """The checkpoint at `path`: its `.safetensors` file, or a run folder for its last one.

    Raises CheckpointWrong when there is none or it cannot be read.
    """
    if path.is_dir():
        found = last_checkpoint(path)
        if found is None:
            raise CheckpointWrong(f"{path} has no checkpoint yet; train a while first.")
        return found
    try:
        about = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        if about["format"] != FORMAT:
            raise ValueError(f"its format is {about['format']!r}, not {FORMAT!r}")
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CheckpointWrong(f"{path} is no readable checkpoint: {error}. {MEND}") from error
    if not path.is_file():
        raise CheckpointWrong(f"{path} is missing, though its .json is there. {MEND}")
    return Checkpoint(path=path, about=about)


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
            # Laid out in memory as the weight is: fused kernels walk both side by side.
            alike = torch.empty_like(parameter if saved.shape == parameter.shape else saved)
            keep_on_cpu = kind == "step" and not optimizer.defaults.get("fused")
            alike = alike.cpu() if keep_on_cpu else alike.to(parameter.device)
            optimizer.state[parameter][kind] = alike.copy_(saved)


def _write(
    path: Path, tensors: dict[str, Tensor], state: TrainingState, *, whole: bool
) -> Checkpoint:
    ready = {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
    for name, tensor in ready.items():
        if tensor.is_floating_point() and not torch.isfinite(tensor).all():
            raise LossNotFinite(
                f"{name} is no longer a finite number at step {state.step}, so nothing was saved; "
                "the checkpoint before is good. Go on from it with a smaller learning_rate.",
                step=state.step,
            )
    about = {
        "format": FORMAT,
        "step": state.step,
        "model": state.config.model,
        "config": state.config.to_dict(),
        "order": state.order,
        "has_optimizer": whole,
        "saved_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "torch": torch.__version__,
    }
    with whole_file(path) as partial:
        save_file(ready, partial)
    write_json(path.with_suffix(".json"), about)
    return Checkpoint(path=path, about=about)
