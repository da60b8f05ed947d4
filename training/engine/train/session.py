"""The training session: model, optimizer, data; built, saved and restored."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import torch
from torch import Tensor
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from training.engine.checkpoints import checkpoint
from training.engine.checkpoints.saver import CheckpointSaver
from training.engine.compute.compiling import compiled
from training.engine.compute.distributed import DistributedContext
from training.engine.compute.gradient_all_reduce import GradientAllReduce
from training.engine.data.faces import FaceSet
from training.engine.data.loader import PairLoader
from training.engine.models.face_model import Architecture, FaceModel
from training.engine.run.commands import Requests
from training.engine.run.config import RunConfig
from training.engine.run.events import Reporter
from training.engine.train.grid import Grid, fixed_faces
from training.engine.train.loss_module import LossModule
from training.engine.train.losses import LossWeights
from training.engine.train.optimizers import build_optimizer, set_rate
from training.engine.train.preview import Preview, Timelapse
from training.engine.train.step import train_step


@dataclass(kw_only=True)
class Session:
    """Everything that one process trains with."""

    config: RunConfig
    """The run's settings; learning rate and batch size may change while it trains."""
    run_dir: Path
    context: DistributedContext
    model: FaceModel
    loss_module: Callable[..., Tensor]
    """The model with its losses, compiled."""
    all_reduce: Callable[[], AbstractContextManager[None]]
    """A context within which the gradients are all-reduced."""
    optimizer: torch.optim.Optimizer
    mean_model: AveragedModel | None
    """Exponential moving average of the weights, when the run keeps one."""
    loader: PairLoader
    reporter: Reporter
    requests: Requests
    preview: Preview | None
    timelapse: Timelapse | None
    saver: CheckpointSaver | None
    """Only the main process draws and saves."""
    run_id: str = field(default_factory=lambda: uuid4().hex)
    """Unique id of this run, the same from its first step to its last."""
    changed: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Settings changed by commands, "from" and "to"; kept in checkpoints."""

    def poll(self) -> None:
        """Report finished writes. Raises their errors."""
        for part in (self.saver, self.preview, self.timelapse):
            if part:
                part.poll()

    def close(self) -> None:
        """Wait until everything is on disk and reported."""
        with ExitStack() as parts:
            for part in (self.timelapse, self.preview, self.saver):
                if part:
                    parts.callback(part.close)

    def change(self, settings: dict[str, Any]) -> None:
        """Change the learning rate or batch size."""
        for name, value in settings.items():
            before = self.changed.get(name, {"from": getattr(self.config, name)})
            # Not in place: a checkpoint that is being written refers to the old value.
            self.changed = {**self.changed, name: {**before, "to": value}}
        self.config = self.config.changed(**settings)
        self.loader.batch_size = self.config.batch_size

    def step(self, step: int) -> Tensor:
        """One optimizer step; returns loss A and loss B, (2,), still on the device."""
        set_rate(self.optimizer, self.config, step)
        losses = train_step(
            self.loss_module,
            self.optimizer,
            self.loader.next(),
            parameters=self.model.parameters(),
            clip_norm=self.config.clip_norm,
            all_reduce=self.all_reduce,
            meanwhile=self.loader.prefetch,
        )
        if self.mean_model is not None:
            self.mean_model.update_parameters(self.model)
        return losses


def open_session(
    run_dir: Path,
    config: RunConfig,
    *,
    architecture: Architecture,
    context: DistributedContext,
    faces: tuple[FaceSet, FaceSet],
    saved: checkpoint.Checkpoint | None,
    reporter: Reporter,
    requests: Requests,
) -> Session:
    """Build model, optimizer and loader, in the state of `saved` if given.

    Raises CheckpointWrong when `saved` does not fit.
    """
    model = build_model(config, architecture, context)
    if saved is not None:
        saved.load_model(model)
    preview = timelapse = saver = None
    if context.is_main:
        grid = build_grid(config, architecture=architecture, faces=faces, context=context)
        preview = Preview(run_dir, grid=grid, reporter=reporter)
        timelapse = Timelapse(run_dir, grid=grid) if config.timelapse else None
        saver = CheckpointSaver(run_dir, reporter)
    session = Session(
        config=config,
        run_dir=run_dir,
        context=context,
        model=model,
        loss_module=build_loss_module(model, config, context),
        all_reduce=nullcontext
        if context.size == 1
        else GradientAllReduce(model, context).overlapped,
        optimizer=build_optimizer(config, model.parameters()),
        mean_model=mean_of(model, config),
        loader=PairLoader(config, architecture=architecture, faces=faces, context=context),
        reporter=reporter,
        requests=requests,
        preview=preview,
        timelapse=timelapse,
        saver=saver,
    )
    if saved is not None:
        restore(session, saved)
    return session


def build_grid(
    config: RunConfig,
    *,
    architecture: Architecture,
    faces: tuple[FaceSet, FaceSet],
    context: DistributedContext,
) -> Grid:
    """The faces that previews and timelapse show."""
    side_a, side_b = (
        fixed_faces(
            side, architecture=architecture, centring=config.centring, coverage=config.coverage
        )
        for side in faces
    )
    return Grid((side_a, side_b), context=context)


def build_model(
    config: RunConfig, architecture: Architecture, context: DistributedContext
) -> FaceModel:
    """A new model on this process's device: the same weights in every process."""
    torch.manual_seed(config.seed)
    model = architecture.build(learn_mask=config.learn_mask).to(context.device)
    # Randomness from here on, such as dropout, differs between the processes.
    torch.manual_seed(config.seed + 1 + context.rank)
    if context.device.type == "cuda":
        model = model.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    return model


def build_loss_module(
    model: FaceModel, config: RunConfig, context: DistributedContext
) -> Callable[..., Tensor]:
    """The model with its losses, compiled if configured."""
    weights = LossWeights(
        losses=tuple(config.losses.items()),
        outside=config.outside_weight,
        eyes=config.eye_weight,
        mouth=config.mouth_weight,
    )
    loss_module = LossModule(model, weights=weights, context=context)
    return compiled(loss_module, when=config.compile, device=context.device, graphs=True)


def mean_of(model: FaceModel, config: RunConfig) -> AveragedModel | None:
    """An exponential moving average of the weights, when the run keeps one."""
    if not config.ema_decay:
        return None
    average = get_ema_multi_avg_fn(config.ema_decay)  # type: ignore[no-untyped-call]
    return AveragedModel(model, multi_avg_fn=average, use_buffers=True)


def save(session: Session, step: int, *, average: float | None, keep: bool) -> None:
    """Save a checkpoint, with `keep` for good; every process must call it, the main one writes."""
    random = random_states(session)
    if session.saver:
        session.saver.save(training_state(session, step, random, average=average), keep=keep)


def save_snapshot(session: Session, step: int) -> None:
    if session.saver:
        session.saver.snapshot(training_state(session, step, {}))


def training_state(
    session: Session, step: int, random: dict[str, Tensor], *, average: float | None = None
) -> checkpoint.TrainingState:
    sampler_a, sampler_b = session.loader.samplers
    return checkpoint.TrainingState(
        config=session.config,
        step=step,
        model=session.model,
        optimizer=session.optimizer,
        num_sampled={"a": sampler_a.num_sampled, "b": sampler_b.num_sampled},
        random=random,
        ema=mean_weights(session),
        average=average,
        run_id=session.run_id,
        changed=session.changed,
    )


def mean_weights(session: Session) -> dict[str, Tensor]:
    """The averaged weights by the model's names; empty when none are kept."""
    if session.mean_model is None:
        return {}
    mean: dict[str, Tensor] = session.mean_model.module.state_dict()
    return mean


def random_states(session: Session) -> dict[str, Tensor]:
    """Torch's RNG states of each process; augmentation needs none."""
    context = session.context
    states: dict[str, Tensor] = {}
    for rank, state in enumerate(context.all_gather(torch.get_rng_state())):
        states[f"cpu.{rank}"] = state
    if context.device.type == "cuda":
        for rank, state in enumerate(context.all_gather(torch.cuda.get_rng_state(context.device))):
            states[f"cuda.{rank}"] = state
    return states


def restore(session: Session, saved: checkpoint.Checkpoint) -> None:
    """Restore everything but the weights from `saved`."""
    checkpoint.load_optimizer(saved, session.model, session.optimizer)
    session.run_id = saved.about.get("run_id") or session.run_id
    # A setting that config.json has overridden since is no longer a command's change.
    session.changed = {
        name: change
        for name, change in saved.about["changed"].items()
        if getattr(session.config, name) == change["to"]
    }
    mean = saved.tensors(checkpoint.EMA)
    if session.mean_model is not None and mean:
        session.mean_model.module.load_state_dict(mean)
        # Or the first step would restart the average.
        session.mean_model.n_averaged += saved.step
    for side, sampler in zip("ab", session.loader.samplers, strict=True):
        sampler.num_sampled = int(saved.about["num_sampled"][side])
    states = saved.tensors(checkpoint.RANDOM)
    # With more processes than before, the new ones start from the seed they have.
    rank, device = session.context.rank, session.context.device
    if f"cpu.{rank}" in states:
        torch.set_rng_state(states[f"cpu.{rank}"])
    if device.type == "cuda" and f"cuda.{rank}" in states:
        torch.cuda.set_rng_state(states[f"cuda.{rank}"], device)
