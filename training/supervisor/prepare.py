"""Fill a run's folder with what its trainer needs: two releases and the settings."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from curation.files import write_json
from curation.releases.materialise import materialise
from training.engine.run.config import CONFIG_FILE, RunConfig, SideConfig
from training.engine.run.folder import SIDES
from training.runs.models import Run
from training.runs.run_folder import folder_of


def prepare(*, run: Run, after_each: Callable[[], None] = lambda: None) -> Path:
    """Lay out both releases and write config.json; what is there already stays. Gives the folder.

    `after_each` is called after each image. Raises BytesGone, BytesDamaged or OSError.
    """
    folder = folder_of(run)
    folder.mkdir(parents=True, exist_ok=True)
    for side, release in zip(SIDES, (run.release_a, run.release_b), strict=True):
        materialise(release=release, folder=folder / side, after_each=after_each)
    write_json(folder / CONFIG_FILE, config_of(run).to_dict())
    return folder


def config_of(run: Run) -> RunConfig:
    """The settings that the trainer of `run` reads."""
    side_a, side_b = SIDES
    return RunConfig(
        a=SideConfig(folder=side_a, manifest_sha256=run.manifest_a_sha256),
        b=SideConfig(folder=side_b, manifest_sha256=run.manifest_b_sha256),
        model=run.model,
        steps=run.steps,
        batch_size=run.batch_size,
        supervised=True,
    )
