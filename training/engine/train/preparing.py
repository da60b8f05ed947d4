"""What a run needs before its first step: settings, releases, last checkpoint, faces cut out."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from training.engine.checkpoints.checkpoint import MEND, Checkpoint, last_checkpoint
from training.engine.compute.distributed import DistributedContext
from training.engine.data.faces import FaceKey, faces_of, read_faces, stored_size
from training.engine.data.finder import DlibFinder
from training.engine.data.segmentation import open_segmenter
from training.engine.data.skipped import as_event, in_words
from training.engine.errors import CheckpointWrong, FinderMissing, Stopped
from training.engine.models.face_model import SIDES, Architecture, Side
from training.engine.models.registry import architecture_named
from training.engine.run.commands import Requests
from training.engine.run.config import RunConfig, load_config
from training.engine.run.events import Reporter
from training.engine.run.release_folder import ReleaseFolder, open_release
from training.engine.train.session import Session, open_session

SECONDS_BETWEEN_PROGRESS = 0.5


@dataclass(frozen=True, kw_only=True, slots=True)
class LoadedRun:
    """What lies in a run folder, read and found to belong together."""

    run_dir: Path
    config: RunConfig
    """As commands have changed it."""
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
    """A run's settings as commands have changed them; what config.json says anew goes before."""
    holding = {
        name: change["to"]
        for name, change in changed.items()
        if getattr(config, name) == change["from"]
    }
    return config.changed(**holding)


def refuse_foreign(saved: Checkpoint, config: RunConfig) -> None:
    """Raise CheckpointWrong when `saved` is of another model or learnt from other releases."""
    if saved.about["model"] != config.model:
        raise CheckpointWrong(
            f"The checkpoint {saved.path} is of a model {saved.about['model']!r}, but the run is "
            f"set to {config.model!r}. {MEND}"
        )
    for side in SIDES:
        learnt = saved.config.side(side).manifest_sha256
        if learnt != config.side(side).manifest_sha256:
            raise CheckpointWrong(
                f"The checkpoint {saved.path} learnt side {side.upper()} from another release "
                f"(manifest {learnt[:12]}…) than the run is set to. {MEND}"
            )


def prepare_faces(run: LoadedRun, reporter: Reporter, requests: Requests) -> None:
    """See to it that both sides' faces are cut out, telling how far it is.

    Raises Stopped when asked to stop meanwhile, TooFewFaces and what else is wrong with them.
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
        progress = teller(side, reporter, requests)
        try:
            faces = faces_of(
                release, key, progress=progress, finder=DlibFinder(), segmenter=segmenter
            )
        except FinderMissing as error:
            raise FinderMissing(
                f"{error.message} - or prepare the run folder on a machine that has it, or give "
                "the landmarks along (new_run --landmarks-a).",
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
    """All that takes part in training a run whose faces are cut out. Raises CheckpointWrong."""
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


def teller(side: Side, reporter: Reporter, requests: Requests) -> Callable[[int, int], None]:
    """Something to call after each picture: it tells now and then, and minds a wish to stop."""
    told_at = 0.0

    def progress(done: int, total: int) -> None:
        nonlocal told_at
        if requests.stop_requested():
            raise Stopped
        if done in {0, total} or time.monotonic() - told_at >= SECONDS_BETWEEN_PROGRESS:
            reporter.report("preparing", side=side, done=done, total=total)
            told_at = time.monotonic()

    return progress
