"""One step of training: look, answer, be corrected. It schedules nothing and tells nobody."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from training.engine.augment import Examples
from training.engine.commands import Wishes
from training.engine.errors import LossNotFinite
from training.engine.losses import face_loss
from training.engine.pairs import Batch
from training.engine.world import World


@dataclass(frozen=True, slots=True)
class StepResult:
    """What came of a step, the same in every process."""

    loss_a: float
    loss_b: float
    save: bool
    """Whether any process wishes to save after this step."""
    stop: bool


def train_step(
    model: nn.Module,
    optimizer: torch.optim.Optimizer,
    batch: Batch,
    *,
    world: World,
    outside_weight: float,
    wishes: Wishes,
) -> StepResult:
    """Change the weights by one step and agree with the other processes on what is wished.

    Raises LossNotFinite, in every process and before any weight has changed, when a loss is
    infinite or not a number in any of them.
    """
    optimizer.zero_grad(set_to_none=True)
    with world.autocast():
        drawn_a, drawn_b = model(_laid_out(batch.a, world), _laid_out(batch.b, world))
    losses = [
        face_loss(drawn.pictures, examples.targets, examples.masks, outside_weight=outside_weight)
        for drawn, examples in ((drawn_a, batch.a), (drawn_b, batch.b))
    ]
    torch.autograd.backward(losses[0] + losses[1])
    result = _agree(losses, wishes, world)
    if not (math.isfinite(result.loss_a) and math.isfinite(result.loss_b)):
        raise LossNotFinite(
            f"The loss is no longer a finite number (A {result.loss_a}, B {result.loss_b}); the "
            "step was not taken and the last checkpoint is good. Go on from it with a smaller "
            "learning_rate or precision fp32."
        )
    optimizer.step()
    return result


def _agree(losses: list[Tensor], wishes: Wishes, world: World) -> StepResult:
    """Mean losses and joint wishes over all processes, in one exchange."""
    asked = torch.tensor([float(wishes.save), float(wishes.stop)], device=world.device)
    mine = torch.cat([torch.stack(losses).detach() / world.size, asked])
    loss_a, loss_b, save, stop = world.sum(mine).tolist()
    return StepResult(loss_a=loss_a, loss_b=loss_b, save=save > 0, stop=stop > 0)


def _laid_out(examples: Examples, world: World) -> Tensor:
    # GPUs convolve quickest with the channels innermost; on a CPU it was no gain.
    if world.device.type == "cuda":
        return examples.inputs.contiguous(memory_format=torch.channels_last)
    return examples.inputs
