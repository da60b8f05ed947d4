"""Hidden folders in which outputs are made; those of conversions that were killed are removed."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

SUFFIX = ".converting"


@contextmanager
def working_folder(beside: Path) -> Iterator[Path]:
    """Give an empty hidden folder inside `beside`, on the same disk; it goes in the end.

    What dead conversions left there is removed first. A living one holds a lock on its folder,
    which its death lets go, whatever it died of. It is taken by hand because it is on the folder
    itself, which filelock cannot do: a file inside it would go before the folder is removed.
    """
    remove_leftovers(beside)
    folder, lock = _make_locked(beside)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def remove_leftovers(beside: Path) -> None:
    """Remove the working folders that no living conversion holds."""
    for folder in beside.glob(f".*{SUFFIX}"):
        try:
            lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        except OSError:
            continue
        try:
            # Where a disk knows no locks nothing can be told to be dead, and all stays.
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder, ignore_errors=True)
        except OSError:
            continue
        finally:
            os.close(lock)


def _make_locked(beside: Path) -> tuple[Path, int]:
    while True:
        folder = Path(tempfile.mkdtemp(prefix=".", suffix=SUFFIX, dir=beside))
        try:
            lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except FileNotFoundError:
            continue
        with suppress(OSError):
            fcntl.flock(lock, fcntl.LOCK_EX)
        # Another conversion may have taken it for a leftover before the lock was held.
        if folder.exists():
            return folder, lock
        os.close(lock)
