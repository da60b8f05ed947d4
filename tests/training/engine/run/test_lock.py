"""Two trainers never share a run folder."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from training.engine.errors import AlreadyRunning, RunFolderUnusable
from training.engine.run.lock import only_trainer

ROOT = Path(__file__).parents[4]

TRAINER = """
import sys, time
from pathlib import Path
from training.engine.run.lock import only_trainer
with only_trainer(Path(sys.argv[1])):
    print("at work", flush=True)
    time.sleep(600)
"""


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
    assert not missing.exists()


def test_a_killed_trainer_lets_its_folder_go(tmp_path: Path) -> None:
    trainer = subprocess.Popen(
        [sys.executable, "-c", TRAINER, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE
    )
    assert trainer.stdout is not None
    assert trainer.stdout.readline() == b"at work\n"
    with pytest.raises(AlreadyRunning), only_trainer(tmp_path):
        pytest.fail("two trainers at once")
    trainer.kill()
    trainer.wait()
    with only_trainer(tmp_path):
        pass
