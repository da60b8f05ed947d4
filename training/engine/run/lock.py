"""One trainer per run folder: whoever holds trainer.lock trains, and dying lets it go."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from training.engine.errors import AlreadyRunning, RunFolderUnusable

LOCK_FILE = "trainer.lock"


@contextmanager
def only_trainer(run_dir: Path) -> Iterator[None]:
    """Hold the run folder for this process.

    Raises AlreadyRunning when another trainer holds it, RunFolderUnusable when the folder
    is missing or cannot be written to.
    """
    try:
        handle = os.open(run_dir / LOCK_FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except (FileNotFoundError, NotADirectoryError):
        raise RunFolderUnusable(
            f"There is no run folder {run_dir}; mend its name, or make one with "
            "python -m training.engine.tools.new_run.",
            folder=str(run_dir),
        ) from None
    except OSError as error:
        raise RunFolderUnusable(
            f"The run folder {run_dir} cannot be written to ({error.strerror}); "
            "give this user the right to write there.",
            folder=str(run_dir),
        ) from error
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunning(
                f"Another trainer is at work in {run_dir}; stop it first, or wait until it ends.",
                folder=str(run_dir),
            ) from None
        yield
    finally:
        os.close(handle)
