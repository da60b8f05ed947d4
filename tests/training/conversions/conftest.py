"""Runs whose checkpoints can be converted with."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from training.runs.models import Run
from training.runs.run_folder import folder_of


@pytest.fixture
def trained_run(make_run: Callable[..., Run]) -> Run:
    """A run with checkpoints at steps 100 and 200, of a model that the engine does not have."""
    run = make_run()
    folder = folder_of(run) / "checkpoints"
    folder.mkdir(parents=True)
    for name, step in (("snapshot-00000100", 100), ("step-00000200", 200)):
        put_checkpoint(folder / name, step)
    return run


def put_checkpoint(path: Path, step: int) -> None:
    sides = {side: {"folder": side, "manifest_sha256": f"{side}0" * 32} for side in "ab"}
    about = {
        "format": "winnow-checkpoint/1",
        "step": step,
        "model": "unheard of",
        "config": {"steps": 200, "model": "unheard of", **sides},
        "num_sampled": {"a": 0, "b": 0},
        "has_optimizer": False,
        "saved_at": "2026-11-23T07:00:00+00:00",
    }
    path.with_suffix(".json").write_text(json.dumps(about))
    path.with_suffix(".safetensors").write_bytes(b"no tensors")
