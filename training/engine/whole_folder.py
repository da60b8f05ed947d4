"""Folders that appear whole or not at all, whatever moment the machine dies in."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from training.engine.errors import DiskFull


@contextmanager
def whole_folder(folder: Path) -> Iterator[Path]:
    """Give an empty folder to fill; at the end it takes the name `folder` in one step.

    What was there before is replaced. What an earlier, killed attempt left is cleared away.
    Raises DiskFull when there is no room.
    """
    _clear_partial(folder)
    partial = folder.with_name(f".{folder.name}.{os.getpid()}.partial")
    try:
        partial.mkdir()
        yield partial
        if folder.exists():
            folder.replace(folder.with_name(f".{folder.name}.old.partial"))
        partial.replace(folder)
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise DiskFull(
                f"No room is left on the disk to write {folder}; free some and start again.",
                path=str(folder),
            ) from error
        raise
    finally:
        _clear_partial(folder)


def _clear_partial(folder: Path) -> None:
    for leftover in folder.parent.glob(f".{folder.name}.*.partial"):
        shutil.rmtree(leftover)
