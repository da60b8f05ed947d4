"""Files and folders that appear whole or not at all, whatever moment the machine dies in.

The one place that writes them, for the site and for the engine; it knows no Django.
"""

from __future__ import annotations

import errno
import json
import os
import secrets
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
"""Full disk, full quota, or a file larger than this process may write."""


_PASSING = {
    *NO_ROOM,
    *(errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EAGAIN, errno.EINTR, errno.EBUSY),
    *(errno.ESTALE, errno.ETIMEDOUT, errno.EHOSTDOWN, errno.EHOSTUNREACH, errno.ENOTCONN),
}


def is_passing(error: OSError) -> bool:
    """Whether the machine, its disk or its network is in trouble, rather than the one file."""
    return error.errno in _PASSING


STALE_SECONDS = 24 * 60 * 60.0
"""Nobody writes one file or folder for so long without a sign."""


class DiskFull(OSError):
    """There is no room to write a file. Reported like a refusal: a code, a sentence, the path."""

    code = "disk_full"
    exit_code = 1

    def __init__(self, path: Path) -> None:
        self.message = f"No room is left on the disk to write {path}; free some and start again."
        self.context: dict[str, Any] = {"path": str(path)}
        super().__init__(errno.ENOSPC, self.message, str(path))

    def __str__(self) -> str:
        return self.message


@contextmanager
def needing_room(path: Path) -> Iterator[None]:
    """Within it, a write that finds no room raises DiskFull, which names `path`."""
    try:
        yield
    except DiskFull:
        raise
    except OSError as error:
        if error.errno not in NO_ROOM:
            raise
        raise DiskFull(path) from error


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Give a partial name to write to; the finished file takes the name `path` at the end.

    When the writing fails, the partial file goes and what was at `path` stays.
    Raises DiskFull when there is no room.
    """
    # A name of its own keeps two writers of the same file apart.
    partial = path.with_name(f".{path.stem}.{secrets.token_hex(4)}.partial{path.suffix}")
    try:
        with needing_room(path):
            yield partial
            put_in_place(partial, path)
    finally:
        partial.unlink(missing_ok=True)


@contextmanager
def whole_folder(folder: Path) -> Iterator[Path]:
    """Give an empty folder to fill; at the end it takes the name `folder`, whole.

    What was there before is put aside just before that: who is killed in between leaves none
    under the name, so this is for folders that can be made again. What an earlier, killed attempt
    left is cleared away; only one process at a time may make the same folder. Raises DiskFull.
    """
    _clear_partial_folders(folder)
    partial = folder.with_name(f".{folder.name}.{os.getpid()}.partial")
    try:
        with needing_room(folder):
            partial.mkdir()
            yield partial
            if folder.exists():
                folder.replace(folder.with_name(f".{folder.name}.old.partial"))
            partial.replace(folder)
    finally:
        _clear_partial_folders(folder)


def _clear_partial_folders(folder: Path) -> None:
    for leftover in folder.parent.glob(f".{folder.name}.*.partial"):
        shutil.rmtree(leftover)


def leftovers(
    root: Path, *, older_than: float = STALE_SECONDS, deep: bool = True
) -> Iterator[Path]:
    """Half-written files and folders below `root` that nobody has written to for so long.

    They are what killed processes left: who still writes touches them much more often.
    Not `deep` are only those in `root` itself.
    """
    for folder, subfolders, names in os.walk(root):
        half = [name for name in (*subfolders, *names) if _is_partial(name)]
        subfolders[:] = [name for name in subfolders if deep and not _is_partial(name)]
        for path in (Path(folder, name) for name in half):
            if time.time() - _last_written(path) > older_than:
                yield path


def remove_leftover(path: Path) -> None:
    """Remove one of them; that it is gone already is as well."""
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def _is_partial(name: str) -> bool:
    return name.startswith(".") and ".partial" in name


def _last_written(path: Path) -> float:
    """When anything in it was written last; now, when it has just gone."""
    newest = 0.0
    for folder, _subfolders, names in os.walk(path):
        for each in (Path(folder), *(Path(folder, name) for name in names)):
            with suppress(FileNotFoundError):
                newest = max(newest, each.lstat().st_mtime)
    with suppress(FileNotFoundError):
        newest = max(newest, path.lstat().st_mtime)
    return newest or time.time()


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


def kept_private(path: Path, make: Callable[[], str]) -> str:
    """The text in `path`, made on first use, for its owner's eyes only.

    Of several processes that make it at the same time, the first one's holds for all.
    """
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        partial = path.with_name(f".{path.name}.{secrets.token_hex(4)}.partial")
        partial.touch(mode=0o600)
        partial.write_text(make(), encoding="utf-8")
        with suppress(FileExistsError):
            os.link(partial, path)
        partial.unlink()
    return path.read_text(encoding="utf-8")


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
