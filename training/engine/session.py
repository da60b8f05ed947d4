"""What takes part in a training: put together at the start, saved now and then, and restored."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel

from training.engine import checkpoint
from training.engine.architectures import Architecture, FaceModel
from training.engine.commands import Requests
from training.engine.config import RunConfig
from training.engine.events import Reporter
from training.engine.faces import FaceSet
from training.engine.grid import Grid, fixed_faces
from training.engine.pairs import Pairs
from training.engine.preview import Preview
from training.engine.saver import Saver
from training.engine.world import World


@dataclass(kw_only=True)
class Session:
    """All that takes part in the training of one process."""

    config: RunConfig
    run_dir: Path
    world: World
    model: FaceModel
    wrapped: nn.Module
    """The model as it is trained: itself, or inside the wrapper that averages gradients."""
    optimizer: torch.optim.Optimizer
    pairs: Pairs
    reporter: Reporter
    requests: Requests
    preview: Preview | None
    saver: Saver | None
    """Only the main process draws previews and saves."""

    def poll(self) -> None:
        """Tell of what is on disk by now. Raises what went wrong on the way there."""
        for part in (self.saver, self.preview):
            if part:
                part.poll()

    def close(self) -> None:
        """Until all that was begun is on disk, and told."""
        with ExitStack() as parts:
            for part in (self.preview, self.saver):
                if part:
                    parts.callback(part.close)


def open_session(
    run_dir: Path,
    config: RunConfig,
    *,
    architecture: Architecture,
    world: World,
    faces: tuple[FaceSet, FaceSet],
    saved: checkpoint.Checkpoint | None,
    reporter: Reporter,
    requests: Requests,
) -> Session:
    """Build the model, its optimizer and its data, as they were when `saved` was written.

    Raises CheckpointWrong when `saved` does not fit.
    """
    model = build_model(config, architecture, world)
    if saved is not None:
        saved.load_model(model)
    preview = saver = None
    if world.is_main:
        side_a, side_b = (
            fixed_faces(side, architecture=architecture, coverage=config.coverage) for side in faces
        )
        preview = Preview(run_dir, grid=Grid((side_a, side_b), world=world), reporter=reporter)
        saver = Saver(run_dir, reporter)
    session = Session(
        config=config,
        run_dir=run_dir,
        world=world,
        model=model,
        wrapped=wrap(model, world),
        optimizer=torch.optim.Adam(
            model.parameters(), lr=config.learning_rate, betas=(0.9, 0.999), eps=1e-7, fused=True
        ),
        pairs=Pairs(config, architecture=architecture, faces=faces, world=world),
        reporter=reporter,
        requests=requests,
        preview=preview,
        saver=saver,
    )
    if saved is not None:
        restore(session, saved)
    return session


def build_model(config: RunConfig, architecture: Architecture, world: World) -> FaceModel:
    """A new model on this process's device: the same weights in every process."""
    torch.manual_seed(config.seed)
    model = architecture.build().to(world.device)
    # What chance decides from here on, such as dropout, differs between the processes.
    torch.manual_seed(config.seed + 1 + world.rank)
    if world.device.type == "cuda":
        model = model.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    return model


def wrap(model: FaceModel, world: World) -> nn.Module:
    """The model as it is trained: with other processes, its gradients are averaged over all."""
    if world.size == 1:
        return model
    devices = [world.device.index] if world.device.type == "cuda" else None
    return DistributedDataParallel(model, device_ids=devices, gradient_as_bucket_view=True)


def save(session: Session, step: int, *, average: float) -> None:
    """Take the whole state to be saved; every process must call it, the main one writes."""
    random = random_states(session)
    if session.saver:
        session.saver.save(training_state(session, step, random, average=average))


def save_snapshot(session: Session, step: int) -> None:
    if session.saver:
        session.saver.snapshot(training_state(session, step, {}))


def training_state(
    session: Session, step: int, random: dict[str, Tensor], *, average: float | None = None
) -> checkpoint.TrainingState:
    order_a, order_b = session.pairs.orders
    return checkpoint.TrainingState(
        config=session.config,
        step=step,
        model=session.model,
        optimizer=session.optimizer,
        order={"a": order_a.num_drawn, "b": order_b.num_drawn},
        random=random,
        average=average,
    )


def random_states(session: Session) -> dict[str, Tensor]:
    """Every random generator's state: one for augmentation, torch's own for each process."""
    world = session.world
    states = {"augment": session.pairs.generator.get_state()}
    for rank, state in enumerate(world.gather(torch.get_rng_state())):
        states[f"cpu.{rank}"] = state
    if world.device.type == "cuda":
        for rank, state in enumerate(world.gather(torch.cuda.get_rng_state(world.device))):
            states[f"cuda.{rank}"] = state
    return states


def restore(session: Session, saved: checkpoint.Checkpoint) -> None:
    """Put everything but the weights back to where it was when `saved` was written."""
    checkpoint.load_optimizer(saved, session.model, session.optimizer)
    for side, order in zip("ab", session.pairs.orders, strict=True):
        order.num_drawn = int(saved.about["order"][side])
    states = saved.tensors(checkpoint.RANDOM)
    session.pairs.generator.set_state(states["augment"])
    # With more processes than before, the new ones start from the seed they have.
    rank, device = session.world.rank, session.world.device
    if f"cpu.{rank}" in states:
        torch.set_rng_state(states[f"cpu.{rank}"])
    if device.type == "cuda" and f"cuda.{rank}" in states:
        torch.cuda.set_rng_state(states[f"cuda.{rank}"], device)
