"""Files that appear whole or not at all, whatever moment the machine dies in."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from training.engine.errors import DiskFull

NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
"""Full disk, full quota, or a file larger than this process may write."""


@contextmanager
def needing_room(path: Path) -> Iterator[None]:
    """Within it, a write that finds no room raises DiskFull, which names `path`."""
    try:
        yield
    except OSError as error:
        if error.errno not in NO_ROOM:
            raise
        raise DiskFull(
            f"No room is left on the disk to write {path}; free some and start again.",
            path=str(path),
        ) from error


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Give a partial name to write to; the finished file takes the name `path` at the end.

    When the writing fails, the partial file goes and what was at `path` stays.
    Raises DiskFull when there is no room.
    """
    # The process id keeps two processes that write the same name apart.
    partial = path.with_name(f".{path.stem}.{os.getpid()}.partial{path.suffix}")
    try:
        with needing_room(path):
            yield partial
            put_in_place(partial, path)
    finally:
        partial.unlink(missing_ok=True)


def put_in_place(partial: Path, path: Path) -> None:
    """Give a finished file its name, so that both outlast a power cut."""
    _sync(partial)
    partial.replace(path)
    _sync(path.parent)


def write_bytes(path: Path, content: bytes) -> None:
    """Put `content` under `path`, all of it or nothing."""
    with whole_file(path) as partial:
        partial.write_bytes(content)


def write_json(path: Path, value: Any) -> None:
    """Put `value` as readable JSON under `path`, all of it or nothing."""
    text = json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    write_bytes(path, text.encode())


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
