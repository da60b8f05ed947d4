"""The models that can be trained, by name; each is one file in this package."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import Literal, NamedTuple, Protocol

from torch import Tensor, nn

from training.engine.errors import ModelUnknown

Side = Literal["a", "b"]


class Drawn(NamedTuple):
    """What a model draws of N faces."""

    pictures: Tensor
    """(N, 3, output, output), RGB, 0 to 1."""
    masks: Tensor | None
    """(N, 1, output, output), 0 to 1: where it takes the face to be; None if it never learnt."""


class FaceModel(nn.Module):
    """A model that has learnt two people's faces."""

    def forward(self, faces_a: Tensor, faces_b: Tensor) -> tuple[Drawn, Drawn]:
        """Each person's faces (N, 3, input, input), RGB, 0 to 1, rebuilt as themselves."""
        raise NotImplementedError

    def swap(self, faces: Tensor, *, into: Side) -> Drawn:
        """Anyone's faces (N, 3, input, input) rebuilt with the features of person `into`."""
        raise NotImplementedError


class Build(Protocol):
    """Makes a model with fresh random weights, drawn from torch's global generator."""

    def __call__(self, *, learn_mask: bool = False) -> FaceModel:
        """`learn_mask` adds a part that learns where the face is."""


@dataclass(frozen=True, slots=True)
class Architecture:
    """A kind of model: what goes in, what comes out, and how to make a new one."""

    name: str
    input_size: int
    """Side of the faces that go in, in pixels."""
    output_size: int
    """Side of the faces that come out, in pixels."""
    build: Build


# Each module holds ARCHITECTURES, and is imported when a name that begins so is first asked for.
MODULES = {
    "original": "original",
    "dfl-h128": "dfl",
    "dfl-256": "dfl",
    "dfl-sae-": "dfl_sae",
    "dlight-": "dlight",
    "saehd-": "saehd",
}

_others: dict[str, Architecture] = {}


def register(architecture: Architecture) -> None:
    """Make an architecture known that lives outside this package."""
    _others[architecture.name] = architecture


def architecture_named(name: str) -> Architecture:
    """The architecture of that name. Raises ModelUnknown, naming those there are."""
    if name in _others:
        return _others[name]
    for beginning, module in MODULES.items():
        if name.startswith(beginning):
            for architecture in _architectures_in(module):
                if architecture.name == name:
                    return architecture
    known = ", ".join(architecture_names())
    raise ModelUnknown(f"There is no model {name!r}; choose one of: {known}.", model=name)


def architecture_names() -> list[str]:
    """The names of all models that can be trained."""
    modules = dict.fromkeys(MODULES.values())
    inside = [each.name for module in modules for each in _architectures_in(module)]
    return [*inside, *_others]


def count_parameters(model: nn.Module) -> int:
    """How many numbers the model learns."""
    return sum(parameter.numel() for parameter in model.parameters())


def _architectures_in(module: str) -> tuple[Architecture, ...]:
    found: tuple[Architecture, ...] = importlib.import_module(
        f"training.engine.models.{module}"
    ).ARCHITECTURES
    return found
