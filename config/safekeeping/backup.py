"""Copy all that is worth keeping to another place, while the site goes on."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.db import connection

from config.safekeeping.databases import dump, dump_name
from config.safekeeping.layout import (
    DATA,
    OBJECTS,
    Index,
    bucket_name,
    other_files,
    stored_objects,
    write_index,
)
from curation import store
from curation.files import leftovers, remove_leftover, whole_file
from curation.store import sha256_of_file
from training.engine.run.checkpoint_files import BEST, LAST, pointed_to
from training.engine.run.folder import CHECKPOINTS

TRIES = 5
"""A trainer replaces its checkpoints while they are copied; then the newer ones are."""

Report = Callable[[str], None]


def backup(target: Path, *, report: Report) -> list[str]:
    """Bring the backup at `target` up to now; what it holds already is not copied again.

    The database is copied first: whatever it names was in the store before it. Objects never
    change, so those that are there stay as they are. Killed at any line, the backup of before is
    still whole. Gives the names of objects that are damaged here, which were left out.
    Raises TargetInside, DumpFailed or DiskFull.
    """
    if target.resolve().is_relative_to(Path(settings.DATA_DIR).resolve()):
        raise TargetInside(f"{target} lies in {settings.DATA_DIR}, which it shall outlive.")
    target.mkdir(mode=0o700, parents=True, exist_ok=True)
    for killed in leftovers(target):
        remove_leftover(killed)
    now = datetime.now(UTC)
    database = target / f"{now:%Y%m%d-%H%M%S-%f}-{dump_name()}"
    dump(database)
    report("The database is copied.")
    num_objects, damaged = _copy_objects(target / OBJECTS, report)
    num_files = _copy_files(target / DATA)
    with database.open("rb") as file:
        digest = sha256_of_file(file)
    write_index(
        target,
        Index(
            made_at=now.isoformat(timespec="seconds"),
            database=database.name,
            database_sha256=digest,
            bucket=bucket_name(),
            num_objects=num_objects,
            num_files=num_files,
        ),
    )
    for older in target.glob("*-database.*"):
        if older != database:
            older.unlink()
    return damaged


def _copy_objects(target: Path, report: Report) -> tuple[int, list[str]]:
    num, damaged = 0, list[str]()
    root = store.local_root()
    if root is None:
        return num, damaged
    for name in stored_objects(root):
        num += 1
        if not _is_there(root / name, target / name):
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            if not copy_object(root / name, target / name):
                damaged.append(name.name)
        if num % 5000 == 0:
            report(f"{num} objects so far.")
    return num, damaged


def _is_there(source: Path, copy: Path) -> bool:
    try:
        return copy.stat().st_size == source.stat().st_size
    except FileNotFoundError:
        return False


def copy_object(source: Path, target: Path) -> bool:
    """Copy an object, and False when its bytes are not those that its name says."""
    digest = hashlib.sha256()
    try:
        with whole_file(target) as partial, source.open("rb") as given, partial.open("wb") as copy:
            while piece := given.read(2**20):
                digest.update(piece)
                copy.write(piece)
            copy.flush()
            if digest.hexdigest() != source.name:
                raise _Torn
    except (_Torn, FileNotFoundError):
        return False
    return True


class TargetInside(Exception):
    """The backup was to lie in what it is a backup of; the message names both."""


class _Torn(Exception):
    """The bytes of an object are others than its name says."""


def _copy_files(target: Path) -> int:
    """Copy everything else that is in DATA_DIR; gives how many files there are."""
    data_dir = Path(settings.DATA_DIR)
    name = str(connection.settings_dict["NAME"])
    database = Path(name) if connection.vendor == "sqlite" else None
    kept = set()
    pointers = []
    for path in other_files(data_dir, database):
        if path.parent.name == CHECKPOINTS and path.name in {LAST, BEST}:
            pointers.append(path)
        elif _copy_file(data_dir / path, target / path):
            kept.add(path)
    for pointer in pointers:
        kept |= _copy_pointer(data_dir, target, pointer)
    _remove_all_but(target, kept)
    return len(kept)


def _copy_file(source: Path, target: Path) -> bool:
    """Copy a file unless it is there already as it is; False when it is gone meanwhile."""
    try:
        now = source.stat()
        if target.is_file():
            before = target.stat()
            if (before.st_size, before.st_mtime_ns) == (now.st_size, now.st_mtime_ns):
                return True
        target.parent.mkdir(parents=True, exist_ok=True)
        with whole_file(target) as partial:
            shutil.copyfile(source, partial)
            shutil.copymode(source, partial)
            os.utime(partial, ns=(now.st_atime_ns, now.st_mtime_ns))
    except FileNotFoundError:
        return False
    return True


def _copy_pointer(data_dir: Path, target: Path, pointer: Path) -> set[Path]:
    """Copy `last.json` or `best.json` with the checkpoint that it names, and never without."""
    run = pointer.parent.parent
    for _ in range(TRIES):
        try:
            tensors = pointed_to(data_dir / run, pointer.name).relative_to(data_dir)
        except (OSError, ValueError):
            return set()
        both = {tensors, tensors.with_suffix(".json")}
        if all(_copy_file(data_dir / path, target / path) for path in both):
            _copy_file(data_dir / pointer, target / pointer)
            try:
                if pointed_to(target / run, pointer.name) == target / tensors:
                    return both | {pointer}
            except (OSError, ValueError):
                continue
    (target / pointer).unlink(missing_ok=True)
    return set()


def _remove_all_but(target: Path, kept: set[Path]) -> None:
    """Remove what is not in DATA_DIR any more, so that nothing that was deleted comes back."""
    for folder, _subfolders, names in os.walk(target):
        for name in names:
            path = Path(folder, name)
            if path.relative_to(target) not in kept:
                path.unlink()
