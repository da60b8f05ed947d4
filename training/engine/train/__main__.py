"""Trains the run in a run folder: `python -m training.engine.train RUN_DIR`.

Exit code 0: finished; 3: stopped and saved; 2: invalid input; 1: any other error. Under torchrun,
which takes every code but 0 for a failure and kills the other processes, a stop exits with 0 too.
Started again on the same folder, training resumes from the last checkpoint.
"""

from __future__ import annotations

import argparse
import os
import sys
import traceback
from contextlib import closing
from pathlib import Path

import torch

from curation.files import DiskFull
from training.engine.compute.distributed import plan_context, process_group
from training.engine.errors import (
    FAILURES,
    Crashed,
    EngineError,
    OutOfMemory,
    RunFolderUnusable,
    Stopped,
)
from training.engine.models.face_model import count_parameters
from training.engine.run.commands import Requests
from training.engine.run.events import EVENTS_FILE, Reporter, say
from training.engine.run.lock import only_trainer
from training.engine.train.batch_size_search import find_batch_size
from training.engine.train.loop import LoopEnding, run_steps
from training.engine.train.preparing import open_run, prepare_faces, read_run
from training.engine.train.session import Session
from training.engine.train.tensorboard import TensorBoard

FINISHED, CRASHED, WRONG_INPUT, STOPPED = 0, 1, 2, 3


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="training.engine.train", description=__doc__)
    parser.add_argument("run_dir", type=Path, help="run folder, with config.json, a/ and b/")
    run_dir: Path = parser.parse_args(arguments).run_dir
    os.umask(0o077)  # checkpoints and previews are our own user's alone
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
    except FAILURES as refusal:
        # Not an event: another trainer may own the run, and that one has not failed.
        say(refusal.message)
        return refusal.exit_code


def attempt(run_dir: Path, reporter: Reporter, requests: Requests) -> int:
    """Train, report how it ended, and return the matching exit code."""
    try:
        ended, step = train(run_dir, reporter, requests)
    except FAILURES as refusal:
        return failed(reporter, refusal)
    except torch.OutOfMemoryError:
        full = "GPU out of memory before the first step; choose a smaller model."
        return failed(reporter, OutOfMemory(full))
    except Exception as error:  # noqa: BLE001, every failure is reported
        traceback.print_exc()
        return failed(reporter, Crashed(f"The trainer crashed: {error!r}; see its log."))
    reporter.report(ended, step=step)
    under_torchrun = "TORCHELASTIC_RUN_ID" in os.environ
    return FINISHED if ended == "finished" or under_torchrun else STOPPED


def failed(reporter: Reporter, refusal: EngineError | DiskFull) -> int:
    reporter.report("failed", code=refusal.code, message=refusal.message, context=refusal.context)
    return refusal.exit_code


def train(run_dir: Path, reporter: Reporter, requests: Requests) -> tuple[LoopEnding, int]:
    """Train the run in `run_dir`; returns how it ended and at which step.

    Raises any EngineError.
    """
    run = read_run(run_dir)
    context = plan_context(run.config)
    first_step = run.saved.step if run.saved else 0
    if context.is_main:
        try:
            if run.config.supervised:
                requests.await_permission()
            prepare_faces(run, reporter, requests)
        except Stopped:
            return "stopped", first_step
    # Not earlier: a process that waits for the others cannot answer a signal.
    with process_group(context), requests.listening():
        session = open_run(run, context=context, reporter=reporter, requests=requests)
        report_start(session, first_step)
        with closing(session):
            try:
                return run_steps(session, first_step=first_step)
            except torch.OutOfMemoryError:
                # Leave this block first: the exception keeps the tensors of the step alive.
                pass
        raise too_large(session)


def too_large(session: Session) -> OutOfMemory:
    """The error that the batch does not fit into GPU memory, with a batch size that does."""
    batch_size, context = session.config.batch_size, session.context
    # Free the optimizer's moments and the memory that compiled graphs hold.
    session.optimizer.state.clear()
    torch._dynamo.reset()
    each = find_batch_size(
        session.model, session.loader.settings, context, below=batch_size // context.size
    )
    cure = (
        f"A batch_size of {each * context.size} fits: set it and start again; the run resumes from "
        "its last checkpoint, or from the beginning when it has none yet."
        if each
        else "Not even one face of each person fits; choose a smaller model."
    )
    return OutOfMemory(
        f"GPU out of memory with a batch_size of {batch_size}. {cure}",
        batch_size=batch_size,
        fits=each * context.size,
    )


def report_start(session: Session, first_step: int) -> None:
    context = session.context
    on_gpu = context.device.type == "cuda"
    session.reporter.report(
        "started",
        step=first_step,
        steps=session.config.steps,
        device=torch.cuda.get_device_name(context.device) if on_gpu else "cpu",
        precision=str(context.precision).removeprefix("torch."),
        processes=context.size,
        parameters=count_parameters(session.model),
    )


def open_reporter(run_dir: Path) -> Reporter:
    """The run's event log, opened to append. Raises RunFolderUnusable when it cannot be written."""
    try:
        return Reporter(run_dir / EVENTS_FILE, listener=TensorBoard(run_dir))
    except OSError as error:
        raise RunFolderUnusable(
            f"{run_dir / EVENTS_FILE} cannot be written ({error.strerror}); "
            "give this user the right to write there."
        ) from error


if __name__ == "__main__":
    sys.exit(main())
