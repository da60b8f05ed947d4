"""Look whether the runs' folders hold what their rows say."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from curation.releases.manifest import IMAGES_FOLDER
from curation.store import sha256_of_file
from training.engine.errors import EngineError
from training.engine.run.checkpoint_files import BEST, LAST, pointed_to, read_about
from training.engine.run.config import CONFIG_FILE, RunConfig, SideConfig
from training.engine.run.folder import CHECKPOINTS, SIDES
from training.engine.run.release_folder import open_release
from training.runs.models import Run, RunState
from training.runs.run_folder import folder_of


def faults_of_runs() -> Iterator[str]:
    """A sentence for everything in the runs' folders that is torn or missing."""
    for run in Run.objects.select_related("project").order_by("pk"):
        where = f"{run.project.slug} / run {run.number}"
        for fault in _faults_of(run):
            yield f"{where}: {fault}"


def _faults_of(run: Run) -> Iterator[str]:
    folder = folder_of(run)
    yield from _pointers(folder, must_be_there=_has_trained(run))
    for tensors in sorted((folder / CHECKPOINTS).glob("*.safetensors")):
        yield from _checkpoint(tensors)
    yield from _settings(folder)
    for side, digest in zip(SIDES, (run.manifest_a_sha256, run.manifest_b_sha256), strict=True):
        # One that is not there is laid out when the run goes on.
        if (folder / side).is_dir():
            yield from _release(folder, SideConfig(folder=side, manifest_sha256=digest))


def _has_trained(run: Run) -> bool:
    return run.state == RunState.FINISHED or run.launch_step > 0


def _pointers(folder: Path, *, must_be_there: bool) -> Iterator[str]:
    for pointer in (LAST, BEST):
        try:
            tensors = pointed_to(folder, pointer)
        except FileNotFoundError:
            if pointer == LAST and must_be_there:
                yield "it has trained, but has no checkpoint"
        except (OSError, ValueError) as error:
            yield f"{CHECKPOINTS}/{pointer} cannot be read: {error}"
        else:
            # A trainer may just have saved the next one.
            if not tensors.is_file() and tensors == pointed_to(folder, pointer):
                yield f"the checkpoint {tensors.name}, named by {pointer}, is missing"


def _checkpoint(tensors: Path) -> Iterator[str]:
    try:
        digest = read_about(tensors).get("digest")
        with tensors.open("rb") as file:
            found = sha256_of_file(file)
    except (OSError, ValueError) as error:
        if tensors.is_file():  # else it was replaced while we looked
            yield f"the checkpoint {tensors.name} cannot be read: {error}"
        return
    if digest not in {None, found}:
        yield f"the checkpoint {tensors.name} is damaged"


def _settings(folder: Path) -> Iterator[str]:
    path = folder / CONFIG_FILE
    try:
        RunConfig.from_dict(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        if (folder / CHECKPOINTS).is_dir():
            yield f"{CONFIG_FILE} is missing"
    except (OSError, ValueError, EngineError) as error:
        yield f"{CONFIG_FILE} cannot be read: {error}"


def _release(folder: Path, side: SideConfig) -> Iterator[str]:
    try:
        release = open_release(folder, side)
    except EngineError as error:
        yield f"{side.folder}: {error}"
        return
    for image in release.images:
        try:
            release.read_image(image)
        except EngineError as error:
            yield f"{side.folder}/{IMAGES_FOLDER}: {error}"
