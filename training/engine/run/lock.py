"""One trainer per run folder: a lock that the system releases when its process dies."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from training.engine.errors import AlreadyRunning, RunFolderUnusable

LOCK_FILE = "trainer.lock"


@contextmanager
def only_trainer(run_dir: Path) -> Iterator[None]:
    """Hold the run folder for this process.

    Raises AlreadyRunning when another trainer holds it, RunFolderUnusable when the folder
    is missing or cannot be written to.
    """
    if not run_dir.is_dir():  # the lock would make it
        raise RunFolderUnusable(
            f"There is no run folder {run_dir}; correct the path, or make one with "
            "python -m training.engine.tools.new_run.",
            folder=str(run_dir),
        )
    # Never a soft lock, as on disks that know no others: it would outlive a killed trainer.
    lock = FileLock(run_dir / LOCK_FILE, timeout=0, mode=0o644, fallback_to_soft=False)
    try:
        lock.acquire()
    except Timeout:
        raise AlreadyRunning(
            f"Another trainer is running in {run_dir}; stop it first, or wait until it ends.",
            folder=str(run_dir),
        ) from None
    except OSError as error:
        raise RunFolderUnusable(
            f"The run folder {run_dir} cannot be written to ({error.strerror}); "
            "give this user the right to write there.",
            folder=str(run_dir),
        ) from error
    try:
        yield
    finally:
        lock.release()
