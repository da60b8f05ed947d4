"""Makes the models of the catalogue; a model's code is imported when it is first asked for."""

from __future__ import annotations

import importlib
from functools import partial

from training.engine.errors import ModelUnknown
from training.engine.models.catalogue import CATALOGUE, CatalogueEntry
from training.engine.models.face_model import Architecture, ModelFactory

_others: dict[str, Architecture] = {}


def register(architecture: Architecture) -> None:
    """Make an architecture known that lives outside this package."""
    _others[architecture.name] = architecture


def architecture_named(name: str) -> Architecture:
    """The architecture of that name. Raises ModelUnknown, naming those there are."""
    if name in _others:
        return _others[name]
    if name in CATALOGUE:
        return _implemented(CATALOGUE[name])
    known = ", ".join(architecture_names())
    raise ModelUnknown(f"There is no model {name!r}; choose one of: {known}.", model=name)


def architecture_names() -> list[str]:
    """The names of all models that can be trained."""
    return [*CATALOGUE, *_others]


def _implemented(entry: CatalogueEntry) -> Architecture:
    module = importlib.import_module(f"training.engine.models.{entry.module}")
    build: ModelFactory = getattr(module, entry.builder)
    return Architecture(
        name=entry.name,
        input_size=entry.input_size,
        output_size=entry.output_size,
        build=partial(build, **entry.options),
    )
