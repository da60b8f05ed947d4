"""Interface of all models: two people's faces in, reconstructed or swapped faces out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, Protocol

from torch import Tensor, nn

from training.engine.run.folder import Side


class Prediction(NamedTuple):
    """What a model predicts for N faces."""

    pictures: Tensor
    """(N, 3, output, output), RGB, 0 to 1."""
    masks: Tensor | None
    """(N, 1, output, output), 0 to 1: predicted face mask; None for a model without masks."""


class FaceModel(nn.Module):
    """A model of two people's faces."""

    def forward(self, faces_a: Tensor, faces_b: Tensor) -> tuple[Prediction, Prediction]:
        """Each person's faces (N, 3, input, input), RGB, 0 to 1, reconstructed as themselves."""
        raise NotImplementedError

    def swap(self, faces: Tensor, *, into: Side) -> Prediction:
        """Anyone's faces (N, 3, input, input) decoded as person `into`."""
        raise NotImplementedError


class ModelFactory(Protocol):
    """Makes a model with fresh random weights, drawn from torch's global generator."""

    def __call__(self, *, learn_mask: bool = False) -> FaceModel:
        """`learn_mask` adds a mask decoder."""


@dataclass(frozen=True, slots=True)
class Architecture:
    """A kind of model: what goes in, what comes out, and how to make a new one."""

    name: str
    input_size: int
    """Side of the faces that go in, in pixels."""
    output_size: int
    """Side of the faces that come out, in pixels."""
    build: ModelFactory


def count_parameters(model: nn.Module) -> int:
    """Number of parameters."""
    return sum(parameter.numel() for parameter in model.parameters())
