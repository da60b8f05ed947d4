"""Loads a run: settings, releases, last checkpoint, extracted faces."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from training.engine.checkpoints.checkpoint import MEND, Checkpoint, last_checkpoint
from training.engine.compute.distributed import DistributedContext
from training.engine.data.faces import FaceKey, faces_of, read_faces, stored_size
from training.engine.data.finder import SiteFinder
from training.engine.data.segmentation import open_segmenter
from training.engine.data.skipped import as_event, in_words
from training.engine.errors import CheckpointWrong, FinderMissing, Stopped
from training.engine.models.face_model import Architecture
from training.engine.models.registry import architecture_named
from training.engine.run.commands import Requests
from training.engine.run.config import RunConfig, load_config
from training.engine.run.events import Reporter
from training.engine.run.folder import SIDES, Side
from training.engine.run.release_folder import ReleaseFolder, open_release
from training.engine.train.session import Session, open_session

SECONDS_BETWEEN_PROGRESS = 0.5


@dataclass(frozen=True, kw_only=True, slots=True)
class LoadedRun:
    """The content of a run folder, read and checked."""

    run_dir: Path
    config: RunConfig
    """With the changes made by commands."""
    architecture: Architecture
    releases: tuple[ReleaseFolder, ReleaseFolder]
    saved: Checkpoint | None
    """The last checkpoint, when there is one."""


def read_run(run_dir: Path) -> LoadedRun:
    """Read a run folder. Raises ConfigWrong, ManifestWrong, CheckpointWrong and their like."""
    config = load_config(run_dir)
    architecture = architecture_named(config.model)
    releases = open_release(run_dir, config.a), open_release(run_dir, config.b)
    saved = last_checkpoint(run_dir)
    if saved is not None:
        refuse_foreign(saved, config)
        saved.verify()
        config = with_changes(config, saved.about["changed"])
    return LoadedRun(
        run_dir=run_dir,
        config=config,
        architecture=architecture,
        releases=releases,
        saved=saved,
    )


def with_changes(config: RunConfig, changed: dict[str, dict[str, Any]]) -> RunConfig:
    """A run's settings with the changes made by commands; a later edit of config.json wins."""
    holding = {
        name: change["to"]
        for name, change in changed.items()
        if getattr(config, name) == change["from"]
    }
    return config.changed(**holding)


def refuse_foreign(saved: Checkpoint, config: RunConfig) -> None:
    """Raise CheckpointWrong when `saved` is of another model or was trained on other releases."""
    if saved.about["model"] != config.model:
        raise CheckpointWrong(
            f"The checkpoint {saved.path} is of a model {saved.about['model']!r}, but the run's "
            f"model is {config.model!r}. {MEND}"
        )
    for side in SIDES:
        learnt = saved.config.side(side).manifest_sha256
        if learnt != config.side(side).manifest_sha256:
            raise CheckpointWrong(
                f"The checkpoint {saved.path} was trained on another release of side "
                f"{side.upper()} (manifest {learnt[:12]}…) than the run uses. {MEND}"
            )


def prepare_faces(run: LoadedRun, reporter: Reporter, requests: Requests) -> None:
    """Extract both sides' faces where needed, reporting progress.

    Raises Stopped on a stop request, and any EngineError of the faces.
    """
    config = run.config
    segmenter = open_segmenter(run.run_dir / config.segmentation) if config.segmentation else None
    for side, release in zip(SIDES, run.releases, strict=True):
        key = FaceKey(
            manifest_sha256=release.manifest_sha256,
            size=stored_size(
                max(run.architecture.input_size, run.architecture.output_size),
                centring=config.centring,
                coverage=config.coverage,
            ),
            mask=config.mask,
        )
        progress = progress_reporter(side, reporter, requests)
        try:
            faces = faces_of(
                release, key, progress=progress, finder=SiteFinder(), segmenter=segmenter
            )
        except FinderMissing as error:
            raise FinderMissing(
                f"{error.message} Or prepare the run folder on a machine that has it, or provide "
                "the landmarks (new_run --landmarks-a).",
                **error.context,
            ) from error
        reporter.report(
            "prepared",
            side=side,
            faces=len(faces),
            skipped=faces.num_skipped,
            why=in_words(faces.skipped),
            pictures=as_event(faces.skipped),
        )


def open_run(
    run: LoadedRun, *, context: DistributedContext, reporter: Reporter, requests: Requests
) -> Session:
    """The training session of a run whose faces are extracted. Raises CheckpointWrong."""
    return open_session(
        run.run_dir,
        run.config,
        architecture=run.architecture,
        context=context,
        faces=(read_faces(run.releases[0]), read_faces(run.releases[1])),
        saved=run.saved,
        reporter=reporter,
        requests=requests,
    )


def progress_reporter(
    side: Side, reporter: Reporter, requests: Requests
) -> Callable[[int, int], None]:
    """A callback for after each picture: reports progress at intervals.

    It raises Stopped on a stop request, PermissionLost when that is gone.
    """
    reported_at = 0.0

    def progress(done: int, total: int) -> None:
        nonlocal reported_at
        if requests.stop_requested():
            raise Stopped
        requests.require_permission()
        if done in {0, total} or time.monotonic() - reported_at >= SECONDS_BETWEEN_PROGRESS:
            reporter.report("preparing", side=side, done=done, total=total)
            reported_at = time.monotonic()

    return progress
