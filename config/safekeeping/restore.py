"""Put a backup back into an empty installation."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from django.conf import settings

from config.safekeeping.backup import copy_object
from config.safekeeping.databases import is_empty, put_back
from config.safekeeping.layout import (
    DATA,
    OBJECTS,
    NoBackup,
    bucket_name,
    read_index,
    stored_objects,
)
from curation import store
from curation.files import whole_file
from curation.store import sha256_of_file

UNFINISHED = "restore.unfinished"
_MADE_ANEW = frozenset(("secret_key", "machine", "static", UNFINISHED))
"""What the first command in an empty DATA_DIR makes by itself; the backup's takes its place."""

Report = Callable[[str], None]


class NotEmpty(Exception):
    """There is something already where the backup was to go; the message names it."""


def restore(source: Path, *, report: Report) -> list[str]:
    """Put the backup at `source` into DATA_DIR and the database, both of which are empty.

    The database comes last: until then the site has nothing, and the same command, given again,
    goes on. Gives the names of objects that are damaged in the backup, which were left out.
    Raises NoBackup, NotEmpty, DumpFailed or DiskFull.
    """
    index = read_index(source)
    if bool(index.bucket) != bool(bucket_name()):
        raise NoBackup(
            f"The pictures of this backup lie in {index.bucket or 'files'}, and S3_BUCKET says "
            f"{bucket_name() or 'files'}. Set it as it was."
        )
    data_dir = Path(settings.DATA_DIR)
    database = source / index.database
    _require_whole(database, index.database_sha256)
    _require_empty(data_dir)
    (data_dir / UNFINISHED).touch()
    objects = store.local_root() or data_dir / OBJECTS
    damaged = []
    for num, name in enumerate(stored_objects(source / OBJECTS), start=1):
        target = objects / name
        if not target.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            if not copy_object(source / OBJECTS / name, target):
                damaged.append(name.name)
        if num % 5000 == 0:
            report(f"{num} of {index.num_objects} objects.")
    for path in _files(source / DATA):
        _copy(source / DATA / path, data_dir / path)
    put_back(database)
    (data_dir / UNFINISHED).unlink()
    return damaged


def _require_whole(database: Path, digest: str) -> None:
    try:
        with database.open("rb") as file:
            found = sha256_of_file(file)
    except FileNotFoundError as error:
        raise NoBackup(f"The database's copy {database} is missing.") from error
    if found != digest:
        raise NoBackup(f"The database's copy {database} is damaged: its SHA-256 is {found}.")


def _require_empty(data_dir: Path) -> None:
    if not is_empty():
        raise NotEmpty("The database has tables already. Restore into an empty one.")
    if (data_dir / UNFINISHED).exists():
        return
    found = [each.name for each in data_dir.iterdir() if each.name not in _MADE_ANEW]
    in_the_way = sorted(name for name in found if not name.startswith("winnow.sqlite3"))
    if in_the_way:
        raise NotEmpty(f"{data_dir} is not empty: {', '.join(in_the_way[:5])}. Use another folder.")


def _files(root: Path) -> Iterator[Path]:
    for folder, _subfolders, names in os.walk(root):
        yield from (Path(folder, name).relative_to(root) for name in sorted(names))


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(target) as partial:
        shutil.copy2(source, partial)
