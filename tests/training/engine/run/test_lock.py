"""Two trainers never share a run folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from training.engine.errors import AlreadyRunning, RunFolderUnusable
from training.engine.run.lock import only_trainer


def test_the_second_trainer_is_turned_away_until_the_first_has_left(tmp_path: Path) -> None:
    refused = pytest.raises(AlreadyRunning, match="stop it first")
    with only_trainer(tmp_path), refused, only_trainer(tmp_path):
        pytest.fail("two trainers at once")
    with only_trainer(tmp_path):
        pass


def test_a_run_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    missing = tmp_path / "run 7"
    with pytest.raises(RunFolderUnusable, match="run 7"), only_trainer(missing):
        pytest.fail("trained in no folder")
