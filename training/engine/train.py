"""Trains the run that lies in a folder: `python -m training.engine.train RUN_DIR`.

Ends with 0 when the run is finished, 3 when it was stopped (and saved), 2 when something given
to it is wrong, 1 for anything else. Started again on the same folder, it goes on.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import torch

from training.engine.architectures import (
    Architecture,
    Side,
    architecture_named,
    count_parameters,
)
from training.engine.checkpoint import MEND, Checkpoint, last_checkpoint
from training.engine.commands import Requests
from training.engine.config import RunConfig, load_config
from training.engine.errors import (
    CheckpointWrong,
    Crashed,
    EngineError,
    OutOfMemory,
    RunFolderUnusable,
    Stopped,
)
from training.engine.events import EVENTS_FILE, Reporter, say
from training.engine.faces import FaceKey, faces_of, read_faces, stored_size
from training.engine.finder import DlibFinder
from training.engine.fitting import fitting_batch
from training.engine.lock import only_trainer
from training.engine.loop import Ending, run_steps
from training.engine.manifest import Manifest, load_manifest
from training.engine.segmentation import open_segmenter
from training.engine.session import Session, open_session, with_changes
from training.engine.tensorboard import TensorBoard
from training.engine.world import joined, plan_world

FINISHED, CRASHED, WRONG_INPUT, STOPPED = 0, 1, 2, 3
SIDES: tuple[Side, ...] = ("a", "b")
SECONDS_BETWEEN_PROGRESS = 0.5


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="training.engine.train", description=__doc__)
    parser.add_argument("run_dir", type=Path, help="folder with config.json, a/ and b/")
    run_dir: Path = parser.parse_args(arguments).run_dir
    if int(os.environ.get("RANK", "0")) != 0:
        return attempt(run_dir, Reporter(None), Requests(None))
    requests = Requests(run_dir)
    try:
        with (
            only_trainer(run_dir),
            requests.listening(),
            closing(open_reporter(run_dir)) as reporter,
        ):
            return attempt(run_dir, reporter, requests)
    except EngineError as refusal:
        # Not an event: the run may be another trainer's, and it does not fail by this.
        say(refusal.message)
        return refusal.exit_code


def attempt(run_dir: Path, reporter: Reporter, requests: Requests) -> int:
    """Train, tell how it ended, and give the exit code that says the same."""
    try:
        ended, step = train(run_dir, reporter, requests)
    except EngineError as refusal:
        return failed(reporter, refusal)
    except torch.OutOfMemoryError:
        full = "The GPU's memory is full before the first step; take a smaller model."
        return failed(reporter, OutOfMemory(full))
    except Exception as error:  # noqa: BLE001, the run's page must learn of every end
        traceback.print_exc()
        return failed(reporter, Crashed(f"The trainer crashed: {error!r}; its log says more."))
    reporter.report(ended, step=step)
    return FINISHED if ended == "finished" else STOPPED


def failed(reporter: Reporter, refusal: EngineError) -> int:
    reporter.report("failed", code=refusal.code, message=refusal.message, context=refusal.context)
    return refusal.exit_code


def train(run_dir: Path, reporter: Reporter, requests: Requests) -> tuple[Ending, int]:
    """Train the run in `run_dir` to its end; gives how it ended and at which step.

    Raises any EngineError.
    """
    config = load_config(run_dir)
    architecture = architecture_named(config.model)
    manifests = load_manifest(run_dir, config.a), load_manifest(run_dir, config.b)
    saved = last_checkpoint(run_dir)
    if saved is not None:
        refuse_foreign(saved, config)
        saved.verify()
        config = with_changes(config, saved.about["changed"])
    world = plan_world(config)
    first_step = saved.step if saved else 0
    if world.is_main:
        try:
            prepare(run_dir, manifests, config, architecture, reporter, requests)
        except Stopped:
            return "stopped", first_step
    # Not earlier: a process that waits for the others to come cannot mind a polite signal.
    with joined(world), requests.listening():
        session = open_session(
            run_dir,
            config,
            architecture=architecture,
            world=world,
            faces=(read_faces(manifests[0]), read_faces(manifests[1])),
            saved=saved,
            reporter=reporter,
            requests=requests,
        )
        report_start(session, first_step)
        with closing(session):
            try:
                return run_steps(session, first_step=first_step)
            except torch.OutOfMemoryError:
                # Out of this block first: what it raised holds on to the tensors of the step.
                pass
        raise too_large(session)


def too_large(session: Session) -> OutOfMemory:
    """Says that the batch is too large for the GPU's memory, and which would fit."""
    batch_size, world = session.config.batch_size, session.world
    # Nor may the moments and what was compiled take the room.
    session.optimizer.state.clear()
    each = fitting_batch(session.model, session.pairs.recipe, world, below=batch_size // world.size)
    cure = (
        f"A batch_size of {each * world.size} fits; the last checkpoint is good, go on from it."
        if each
        else "Not even one face of each person fits; take a smaller model."
    )
    return OutOfMemory(
        f"The GPU's memory is too small for a batch_size of {batch_size}. {cure}",
        batch_size=batch_size,
        fits=each * world.size,
    )


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


def report_start(session: Session, first_step: int) -> None:
    world = session.world
    on_gpu = world.device.type == "cuda"
    session.reporter.report(
        "started",
        step=first_step,
        steps=session.config.steps,
        device=torch.cuda.get_device_name(world.device) if on_gpu else "cpu",
        precision=str(world.precision).removeprefix("torch."),
        processes=world.size,
        parameters=count_parameters(session.model),
    )


def prepare(  # noqa: PLR0917, all that a preparation needs, once
    run_dir: Path,
    manifests: tuple[Manifest, Manifest],
    config: RunConfig,
    architecture: Architecture,
    reporter: Reporter,
    requests: Requests,
) -> None:
    """See to it that both sides' faces are cut out, telling how far it is.

    Raises Stopped when asked to stop meanwhile, TooFewFaces and what else is wrong with them.
    """
    segmenter = open_segmenter(run_dir / config.segmentation) if config.segmentation else None
    for side, manifest in zip(SIDES, manifests, strict=True):
        key = FaceKey(
            manifest_sha256=manifest.sha256,
            size=stored_size(
                max(architecture.input_size, architecture.output_size),
                centring=config.centring,
                coverage=config.coverage,
            ),
            mask=config.mask,
        )
        progress = teller(side, reporter, requests)
        faces = faces_of(manifest, key, progress=progress, finder=DlibFinder(), segmenter=segmenter)
        reporter.report("prepared", side=side, faces=len(faces), skipped=faces.num_skipped)


def teller(side: Side, reporter: Reporter, requests: Requests) -> Callable[[int, int], None]:
    """Something to call after each picture: it tells now and then, and minds a wish to stop."""
    told_at = 0.0

    def progress(done: int, total: int) -> None:
        nonlocal told_at
        if requests.stop_is_wished():
            raise Stopped
        if done in {0, total} or time.monotonic() - told_at >= SECONDS_BETWEEN_PROGRESS:
            reporter.report("preparing", side=side, done=done, total=total)
            told_at = time.monotonic()

    return progress


def open_reporter(run_dir: Path) -> Reporter:
    """The run's story, to go on with. Raises RunFolderUnusable when it cannot be written."""
    try:
        return Reporter(run_dir / EVENTS_FILE, listener=TensorBoard(run_dir))
    except OSError as error:
        raise RunFolderUnusable(
            f"{run_dir / EVENTS_FILE} cannot be written ({error.strerror}); "
            "give this user the right to write there."
        ) from error


if __name__ == "__main__":
    sys.exit(main())
