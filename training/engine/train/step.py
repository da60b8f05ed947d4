"""One optimizer step: forward, backward, update. It schedules nothing and reports nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext

import torch
from torch import Tensor, nn

from training.engine.data.loader import TrainingBatch
from training.engine.train.loss_module import loss_inputs


def train_step(
    loss_module: Callable[..., Tensor],
    optimizer: torch.optim.Optimizer,
    batch: TrainingBatch,
    *,
    parameters: Iterable[Tensor],
    clip_norm: float,
    all_reduce: Callable[[], AbstractContextManager[None]] = nullcontext,
    meanwhile: Callable[[], object] = lambda: None,
) -> Tensor:
    """One optimizer step; returns loss A and loss B, (2,), still on the device.

    `all_reduce` averages the gradients over all processes; `meanwhile` overlaps with it.
    """
    # Not zeros: gradients that do not exist need not be read.
    optimizer.zero_grad(set_to_none=True)
    losses = loss_module(*loss_inputs(batch.a, batch.b))
    torch.autograd.backward(losses.sum())
    with all_reduce():
        meanwhile()
    if clip_norm:
        nn.utils.clip_grad_norm_(parameters, clip_norm, foreach=True)
    optimizer.step()
    return losses.detach()
