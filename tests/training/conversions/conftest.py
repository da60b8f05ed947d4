"""Runs whose checkpoints can be converted with."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.stories.runs import put_checkpoint
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
