"""What a backup holds, and where.

    backup.json         written last: what there is, and the digest of the database's copy
    database-….sqlite3  or .dump of PostgreSQL
    objects/            bytes by their SHA-256, as in the store; unless they lie in a bucket
    data/               everything else in DATA_DIR: secrets, runs with their checkpoints, uploads

Left out is what can be made again: smaller copies of pictures, the releases that are laid out in a
run's folder and the faces found in them, static files.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from django.core.files.storage import default_storage

from curation.files import write_json
from training.engine.run.folder import SIDES

FORMAT = "winnow-backup/1"
INDEX, OBJECTS, DATA = "backup.json", "objects", "data"
_LEFT_OUT = frozenset(("objects", "static"))
"""Of DATA_DIR: the store, which has a place of its own, and what `collectstatic` makes."""


class NoBackup(Exception):
    """There is no whole backup at that place; the message says why."""


@dataclass(frozen=True, kw_only=True)
class Index:
    """What `backup.json` says."""

    made_at: str
    database: str
    """Name of the database's copy."""
    database_sha256: str
    bucket: str
    """Where the pictures lie, if not in the backup."""
    num_objects: int
    num_files: int
    format: str = FORMAT


def write_index(target: Path, index: Index) -> None:
    """From here on this is the backup at `target`."""
    write_json(target / INDEX, asdict(index))


def read_index(source: Path) -> Index:
    """What the backup at `source` holds. Raises NoBackup."""
    try:
        said = json.loads((source / INDEX).read_text(encoding="utf-8"))
        if said["format"] != FORMAT:
            raise NoBackup(f"{source} is no {FORMAT} but {said['format']!r}.")
        return Index(**said)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise NoBackup(f"There is no whole backup at {source}: {error!r}.") from error


def bucket_name() -> str:
    """The bucket that the pictures lie in, which has backups of its own; blank for a folder."""
    return str(getattr(default_storage, "bucket_name", ""))


def stored_objects(root: Path) -> Iterator[Path]:
    """Every object under a store's folder, relative to it; whatever is half written is not one."""
    top = root / "sha256"
    for shelf in sorted(top.iterdir()) if top.is_dir() else ():
        names = sorted(each.name for each in shelf.iterdir()) if shelf.is_dir() else ()
        yield from (Path("sha256", shelf.name, name) for name in names if is_digest(name))


def is_digest(name: str) -> bool:
    """Whether a file's name is that of an object."""
    return len(name) == 64 and not set(name) - set("0123456789abcdef")


def other_files(data_dir: Path, database: Path | None) -> Iterator[Path]:
    """Every file of DATA_DIR to be kept beside the objects, relative to it."""
    for folder, subfolders, names in os.walk(data_dir):
        here = Path(folder).relative_to(data_dir)
        subfolders[:] = sorted(name for name in subfolders if not _is_left_out(here, name))
        for name in sorted(names):
            is_database = database is not None and Path(folder, name).name.startswith(database.name)
            if ".partial" not in name and not is_database and Path(folder, name).is_file():
                yield here / name


def _is_left_out(folder: Path, name: str) -> bool:
    in_a_run = len(folder.parts) == 2 and folder.parts[0] == "runs"
    return (
        (folder == Path() and name in _LEFT_OUT)
        or (in_a_run and name in SIDES)
        or ".partial" in name
    )
