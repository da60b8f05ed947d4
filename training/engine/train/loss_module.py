"""The model and its losses as one module."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from training.engine.compute.distributed import DistributedContext
from training.engine.data.augment import Both, Examples
from training.engine.models.face_model import FaceModel, Prediction
from training.engine.train.losses import LossWeights, face_loss, mask_loss


class LossModule(nn.Module):
    """Forward pass of both people's faces and their losses.

    One module, so that torch.compile sees model and losses together.
    """

    def __init__(
        self, model: FaceModel, *, weights: LossWeights, context: DistributedContext
    ) -> None:
        super().__init__()
        self.model = model
        self._weights = weights
        self._context = context

    def forward(self, inputs: Both, targets: Both, masks: Both) -> Tensor:
        """Loss A and loss B, (2,), of both people's faces."""
        if self._context.device.type == "cuda":
            # GPUs convolve quickest with the channels innermost; on a CPU it was no gain.
            inputs = _channels_last(inputs[0]), _channels_last(inputs[1])
        with self._context.autocast():
            predictions = self.model(*inputs)
        losses = [self._loss(*side) for side in zip(predictions, targets, masks, strict=True)]
        return torch.stack(losses)

    def _loss(self, prediction: Prediction, targets: Tensor, masks: Tensor) -> Tensor:
        loss = face_loss(prediction.pictures, targets, masks, self._weights)
        return loss + mask_loss(prediction.masks, masks)


def loss_inputs(a: Examples, b: Examples) -> tuple[Both, Both, Both]:
    """Both people's examples as the arguments of LossModule."""
    return (a.inputs, b.inputs), (a.targets, b.targets), (a.masks, b.masks)


def _channels_last(pictures: Tensor) -> Tensor:
    return pictures.contiguous(memory_format=torch.channels_last)
