"""Searches a batch size that fits into GPU memory, after one that did not."""

from __future__ import annotations

import gc

import torch
from torch import nn

from training.engine.compute.distributed import DistributedContext
from training.engine.data.augmentation_parameters import AugmentationSettings
from training.engine.models.face_model import FaceModel
from training.engine.train.loss_module import LossModule
from training.engine.train.losses import LossWeights


def find_batch_size(
    model: FaceModel, settings: AugmentationSettings, context: DistributedContext, *, below: int
) -> int:
    """The largest half, quarter, eighth ... of `below` that one process can train on; 0 for none.

    Each is tried: forward and backward, uncompiled, with memory reserved for the moments.
    """
    loss_module = LossModule(model, weights=LossWeights(), context=context)
    count = below // 2
    while count > 0:
        try:
            _try(loss_module, settings, context, count)
        except torch.OutOfMemoryError:
            count //= 2
        else:
            return count
        finally:
            _forget(model)
    return 0


def _try(
    loss_module: nn.Module, settings: AugmentationSettings, context: DistributedContext, count: int
) -> None:
    sides = settings.input_size, settings.output_size, settings.output_size
    both = ((torch.rand(count, 3, side, side, device=context.device),) * 2 for side in sides)
    moments = [torch.empty_like(weight) for weight in loss_module.parameters() for _ in range(2)]
    torch.autograd.backward(loss_module(*both).sum())
    del moments


def _forget(model: nn.Module) -> None:
    model.zero_grad(set_to_none=True)
    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
