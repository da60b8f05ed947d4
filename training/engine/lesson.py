"""What is computed in a step, put together as one module: the model, then its losses."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from training.engine.architectures import Drawn, FaceModel
from training.engine.augment import Examples
from training.engine.losses import Weights, face_loss, mask_loss


class Lesson(nn.Module):
    """Shows a model both people's faces and says how wrong its answers are.

    One module, so that a compiler sees model and losses together and the gradients of several
    processes are averaged while they are still being computed.
    """

    def __init__(
        self, model: FaceModel, *, weights: Weights, device_type: str, precision: torch.dtype
    ) -> None:
        super().__init__()
        self.model = model
        self._weights = weights
        self._device_type = device_type
        self._precision = precision

    def forward(
        self, inputs: tuple[Tensor, Tensor], answers: tuple[tuple[Tensor, Tensor], ...]
    ) -> Tensor:
        """Loss A and loss B, (2,), of both sides' inputs against their targets and masks."""
        half = self._precision != torch.float32
        with torch.autocast(self._device_type, dtype=self._precision, enabled=half):
            drawn = self.model(*inputs)
        return torch.stack(
            [self._wrong(side, *answer) for side, answer in zip(drawn, answers, strict=True)]
        )

    def _wrong(self, drawn: Drawn, targets: Tensor, masks: Tensor) -> Tensor:
        loss = face_loss(drawn.pictures, targets, masks, self._weights)
        return loss + mask_loss(drawn.masks, masks)


def of_both(
    a: Examples, b: Examples
) -> tuple[tuple[Tensor, Tensor], tuple[tuple[Tensor, Tensor], ...]]:
    """Both sides' examples as a Lesson takes them."""
    return (a.inputs, b.inputs), ((a.targets, a.masks), (b.targets, b.masks))
