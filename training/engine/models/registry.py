"""The models that can be trained, by name; each is one file in this package."""

from __future__ import annotations

import importlib

from training.engine.errors import ModelUnknown
from training.engine.models.face_model import Architecture

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


def _architectures_in(module: str) -> tuple[Architecture, ...]:
    found: tuple[Architecture, ...] = importlib.import_module(
        f"training.engine.models.{module}"
    ).ARCHITECTURES
    return found
