"""Reads a folder on the server."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from curation.files import is_passing
from curation.sources.kinds.found import FoundFile, in_order
from curation.sources.kinds.names import decode_names, storable
from curation.sources.problem_codes import ProblemCode
from curation.sources.problems import Unusable
from curation.unpacking.volumes import split_packs


def files_in_folder(root: Path) -> list[FoundFile]:
    """All files below `root`, in natural order; links that lead out of it are named, not followed.

    Raises Unusable when there is no such folder or it holds too many files.
    """
    if not root.is_dir():
        raise Unusable(ProblemCode.GONE)
    return in_order(list(_walk(root.resolve())))


def files_of_pack(path: Path) -> list[FoundFile]:
    """A pack on the server, with the other parts that lie beside it where it is a split one.

    Raises Unusable when there is no such file.
    """
    if not path.is_file():
        raise Unusable(ProblemCode.GONE)
    beside = [file.name for file in path.parent.iterdir() if file.is_file()]
    for split in split_packs(beside):
        if path.name in split.parts:
            return [_file_beside(path.parent / name) for name in split.parts]
    return [_file_beside(path)]


def _file_beside(path: Path) -> FoundFile:
    return FoundFile(
        path=storable(path.name),
        size=path.stat().st_size,
        open_bytes=partial(read_file, path),
        on_disk=path,
    )


def _walk(root: Path) -> Iterator[FoundFile]:
    files = list(_paths(root))
    raw_names = [os.fsencode(file.relative_to(root)) for file in files]
    for file, raw, path in zip(files, raw_names, decode_names(raw_names), strict=True):
        if usable := _file_in_folder(root, file, path, raw):
            yield usable


def _paths(root: Path) -> Iterator[Path]:
    """Every file below `root`, every link to a folder, and every folder that cannot be read.

    No link is followed.
    """
    closed: list[Path] = []

    def note(error: OSError) -> None:
        if is_passing(error):
            raise error
        closed.append(Path(error.filename))

    for folder, subfolders, names in os.walk(root, onerror=note):
        yield from (Path(folder, name) for name in names)
        yield from (path for name in subfolders if (path := Path(folder, name)).is_symlink())
    yield from closed


def _file_in_folder(root: Path, file: Path, path: str, raw: bytes) -> FoundFile | None:
    """The file with what is wrong with it; None for a link to a folder that is walked anyway."""
    try:
        target = file.resolve(strict=True)
        status = target.stat()
    except OSError as error:
        if is_passing(error):
            raise
        return _problem(path, ProblemCode.CANNOT_READ)
    except RuntimeError:  # a link that leads to itself
        return _problem(path, ProblemCode.CANNOT_READ)
    if not target.is_relative_to(root):
        return _problem(path, ProblemCode.OUTSIDE)
    if stat.S_ISDIR(status.st_mode):
        return None if file.is_symlink() else _problem(path, ProblemCode.CANNOT_READ)
    if not stat.S_ISREG(status.st_mode):
        return _problem(path, ProblemCode.CANNOT_READ)
    return FoundFile(
        path=path,
        size=status.st_size,
        open_bytes=partial(read_file, target),
        on_disk=target,
        raw_name=b"" if raw == path.encode() else raw,
    )


def _problem(path: str, problem: ProblemCode) -> FoundFile:
    return FoundFile(path=path, size=0, problem=problem, open_bytes=bytes)


def read_file(path: Path) -> bytes:
    """All bytes of a file on this machine. Raises Unusable, OSError when the disk is at fault."""
    try:
        return path.read_bytes()
    except OSError as error:
        if is_passing(error):
            raise
        raise Unusable(ProblemCode.CANNOT_READ) from error
