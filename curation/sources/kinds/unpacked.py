"""Packs that libarchive has to unpack before anybody can look into them: rar, 7z and tar."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings

from curation import store
from curation.decoding.client import in_child
from curation.decoding.limits import Limits
from curation.files import DiskFull
from curation.sources.kinds.members import Member
from curation.sources.kinds.unpacking import Unpacking
from curation.sources.problem_codes import ProblemCode
from curation.sources.problems import MAX_FILE_BYTES, MAX_FILES, Unusable
from curation.unpacking.formats import PackFormat
from curation.unpacking.unpack import INDEX, Bounds, Unpacked, unpack
from curation.vision.decode import Unreadable

OUTCOME = "outcome.json"

MEGABYTE = 1024 * 1024
SECONDS, SECONDS_PER_MEGABYTE, MEGABYTES = 120, 1, 2000
"""Of the child, for a pack of so many megabytes: most give a hundred of them a second."""

_PROBLEMS = {
    "no_library": ProblemCode.NO_LIBRARY,
    "not_a_pack": ProblemCode.NOT_A_PACK,
    "broken_off": ProblemCode.BROKEN_OFF,
    "unknown_kind": ProblemCode.UNKNOWN_PACK,
    "locked": ProblemCode.LOCKED_KIND,
    "too_many_files": ProblemCode.TOO_MANY_FILES,
    "bomb": ProblemCode.PACK_BOMB,
}
_ENDS_IT = {ProblemCode.NO_LIBRARY, ProblemCode.NOT_A_PACK, ProblemCode.TOO_MANY_FILES}
_PIECE = 1024 * 1024


def members_of_unpacked(
    name: str, parts: Sequence[Path], pack_format: PackFormat, unpacking: Unpacking
) -> tuple[list[Member], ProblemCode | None]:
    """The members of a pack, unpacked unless they are already, and what went wrong before its end.

    Raises Unusable when nothing came out of it, and OSError when the machine is in trouble.
    """
    folder = unpacking.folder / _key(parts)
    if not folder.is_dir() and not _unpack(parts, pack_format, folder, unpacking):
        unpacking.note_locked(name)
        raise Unusable(ProblemCode.ENCRYPTED)
    outcome = Unpacked(**json.loads((folder / OUTCOME).read_text()))
    problem = _PROBLEMS[outcome.problem] if outcome.problem else None
    members = list(_members(folder, names_are_unicode=outcome.names_are_unicode))
    unpacking.room -= sum(member.size for member in members)
    if problem and (problem in _ENDS_IT or not members):
        raise Unusable(problem)
    return members, problem


def _unpack(
    parts: Sequence[Path], pack_format: PackFormat, folder: Path, unpacking: Unpacking
) -> bool:
    """Unpack it into `folder`, which appears whole or not at all; False if no password opens it."""
    store.require_room(sum(part.stat().st_size for part in parts))
    partial_folder = folder.with_name(f"{folder.name}.partial")
    shutil.rmtree(partial_folder, ignore_errors=True)
    partial_folder.mkdir(parents=True)
    free = shutil.disk_usage(partial_folder).free - settings.KEEP_FREE_BYTES
    bounds = Bounds(
        members=MAX_FILES, member_bytes=MAX_FILE_BYTES, all_bytes=min(unpacking.room, free)
    )
    outcome = _in_child(parts, pack_format, partial_folder, bounds, unpacking)
    if outcome.problem == "no_room" or (outcome.problem == "bomb" and free < unpacking.room):
        raise DiskFull(folder)
    if outcome.problem == "needs_password":
        shutil.rmtree(partial_folder, ignore_errors=True)
        return False
    (partial_folder / OUTCOME).write_text(json.dumps(asdict(outcome)))
    partial_folder.rename(folder)
    return True


def _in_child(
    parts: Sequence[Path],
    pack_format: PackFormat,
    folder: Path,
    bounds: Bounds,
    unpacking: Unpacking,
) -> Unpacked:
    """Have the child fill `folder`. Raises Unusable, without the folder, where it died of it."""
    packed = sum(part.stat().st_size for part in parts)
    seconds = SECONDS + SECONDS_PER_MEGABYTE * (packed // MEGABYTE)
    try:
        return in_child(
            unpack,
            b"",
            [str(part) for part in parts],
            pack_format.value,
            str(folder),
            bounds,
            [password.encode() for password in unpacking.answers.passwords],
            limits=Limits(seconds=seconds, megabytes=MEGABYTES),
            while_waiting=unpacking.while_waiting,
        )
    except Unreadable as error:
        shutil.rmtree(folder, ignore_errors=True)
        is_heavy = error.code in {"too_slow", "too_much_memory"}
        raise Unusable(
            ProblemCode.PACK_TOO_HEAVY if is_heavy else ProblemCode.PACK_CRASHES
        ) from error


def _members(folder: Path, *, names_are_unicode: bool) -> Iterator[Member]:
    if not (folder / INDEX).exists():
        return
    for line in (folder / INDEX).read_text(encoding="ascii").splitlines():
        yield _member(folder, json.loads(line), names_are_unicode=names_are_unicode)


def _member(folder: Path, line: dict[str, Any], *, names_are_unicode: bool) -> Member:
    raw_name = bytes.fromhex(line["raw"])
    file = folder / line["file"] if "file" in line else None
    return Member(
        raw_name=raw_name,
        text=raw_name.decode(errors="replace") if names_are_unicode else None,
        size=line["size"],
        problem=ProblemCode(line["problem"]) if line["problem"] else None,
        chunks=partial(_chunks, file),
        on_disk=file,
    )


def _chunks(file: Path | None) -> Iterator[bytes]:
    if file is None:
        raise Unusable(ProblemCode.DAMAGED)
    with file.open("rb") as opened:
        while piece := opened.read(_PIECE):
            yield piece


def _key(parts: Sequence[Path]) -> str:
    """The same while the files are the same."""
    told = [(str(part), part.stat().st_size, part.stat().st_mtime_ns) for part in parts]
    return hashlib.sha256(repr(told).encode("utf-8", "surrogateescape")).hexdigest()[:32]
