"""Hidden working folders for outputs; those of killed conversions are removed."""

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
    """Yields an empty hidden folder inside `beside`, on the same disk; removed at the end.

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
    """Remove the working folders that no running conversion has locked."""
    for folder in beside.glob(f".*{SUFFIX}"):
        try:
            lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        except OSError:
            continue
        try:
            # On a file system without locks everything is kept.
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
        # Another conversion may have removed it before it was locked.
        if folder.exists():
            return folder, lock
        os.close(lock)
