"""Unpacks rar, 7z and tar with libarchive: the child's work, for it is C on strangers' bytes.

libarchive reads a pack from its beginning to its end, and solid packs allow nothing else, while
numbers are given in the order of names. So all members are written down first, under plain numbers
beside an index: no name from a pack, however odd, ever touches the file system.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from curation.files import NO_ROOM
from curation.unpacking import rar5, sevenzip_locks
from curation.unpacking.formats import is_read_from_disk
from curation.unpacking.library import Archive, Broken, Entry, NoLibrary, TooLarge
from curation.unpacking.rar5_locks import CannotUnlock, WrongPassword, write_unlocked

INDEX = "index.jsonl"
LONGEST_NAME = 4096
"""Bytes of a name that are kept; who has a longer one is named as such."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """How much may come out of a pack."""

    members: int
    member_bytes: int
    """Of one that is no pack itself, and no film."""
    all_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Unpacked:
    """What became of a pack. Its members stand in the index."""

    problem: str = ""
    """Why not all of it came out: `no_library`, `not_a_pack`, `broken_off`, `unknown_kind`,
    `locked`, `needs_password`, `too_many_files`, `bomb` or `no_room`; blank when all did."""
    names_are_unicode: bool = False
    """Whether the format says how its names are written."""


def unpack(
    _data: bytes, parts: list[str], kind: str, folder: str, bounds: Bounds, passwords: list[bytes]
) -> Unpacked:
    """Write the members of the pack whose files are `parts` into the empty `folder`.

    `kind` is one of "rar", "7z", "tar". `passwords` are for a rar or 7z that is locked.
    """
    paths = [Path(part) for part in parts]
    try:
        told = rar5.members_of(paths) if kind == "rar" else []
    except rar5.HeadersLocked:
        told = None
    try:
        if told is None or any(member.is_locked for member in told):
            paths = _without_locks(paths, Path(folder), passwords)
            told = rar5.members_of(paths)
        if kind == "7z" and sevenzip_locks.is_locked(paths):
            paths = [_sevenzip_without_locks(paths, Path(folder), passwords)]
        with Path(folder, INDEX).open("w", encoding="ascii") as index, Archive(kind) as archive:
            unpacking = _Unpacking(archive, Path(folder), index, bounds, told)
            problem = unpacking.problem_of(paths)
            return Unpacked(problem=problem, names_are_unicode=archive.names_are_unicode)
    except NoLibrary:
        return Unpacked(problem="no_library")
    except WrongPassword:
        return Unpacked(problem="needs_password")
    except (CannotUnlock, rar5.HeadersLocked):
        return Unpacked(problem="locked")
    except OSError as error:
        if error.errno not in NO_ROOM:
            raise
        return Unpacked(problem="no_room")
    finally:
        for path in Path(folder).glob("*.unlocked"):
            path.unlink()


def _without_locks(parts: list[Path], folder: Path, passwords: list[bytes]) -> list[Path]:
    """The same rar, part by part, as it would be without its locks."""
    unlocked = []
    for number, part in enumerate(parts):
        unlocked.append(folder / f"{number}.unlocked")
        with unlocked[-1].open("wb") as out:
            write_unlocked(part, out, passwords)
    return unlocked


def _sevenzip_without_locks(parts: list[Path], folder: Path, passwords: list[bytes]) -> Path:
    """The same 7z as one file without its locks. Raises WrongPassword, CannotUnlock."""
    path = folder / "0.unlocked"
    for password in passwords:
        try:
            with path.open("wb") as out:
                unlocked = sevenzip_locks.write_unlocked(parts, out, password.decode())
        except WrongPassword:
            continue
        if _opens(path, unlocked.first_locked):
            return path
    raise WrongPassword


def _opens(path: Path, number: int) -> bool:
    """Whether that member with bytes of a 7z, counted from 0, has the right checksum.

    True as well where libarchive knows no way to unpack it, which it will say again.
    """
    with Archive("7z") as archive:
        try:
            archive.open_parts([path])
            while entry := archive.next():
                if entry.is_folder or not entry.size:
                    continue
                if number == 0:
                    for _block in archive.blocks(entry, entry.size):
                        pass
                    return True
                number -= 1
        except TooLarge:
            return False
        except Broken as error:
            return "unavailable" in str(error) or "nsupported" in str(error)
    return True


def read_member(data: bytes, passwords: list[bytes], most_bytes: int) -> tuple[str, bytes]:
    """The only member of a zip in memory: ("", its bytes), or what is wrong with it.

    That is `no_library`, `wrong_password`, `unknown_packing` or `damaged`.
    """
    try:
        with Archive("zip", passwords) as archive:
            archive.open_bytes(data)
            entry = archive.next()
            return ("", b"".join(archive.blocks(entry, most_bytes))) if entry else ("damaged", b"")
    except NoLibrary:
        return "no_library", b""
    except TooLarge:
        return "damaged", b""
    except Broken as error:
        return _problem_of_member(str(error)), b""


def _problem_of_member(message: str) -> str:
    if "passphrase" in message.lower():
        return "wrong_password"
    return "unknown_packing" if "nsupported" in message else "damaged"


class _Unpacking:
    """One pack on its way to the disk."""

    def __init__(
        self,
        archive: Archive,
        folder: Path,
        index: TextIO,
        bounds: Bounds,
        told: list[rar5.Rar5Member],
    ) -> None:
        self._archive = archive
        self._folder = folder
        self._index = index
        self._bounds = bounds
        self._room = bounds.all_bytes
        self._told = iter(told)
        self._num = 0

    def problem_of(self, parts: Sequence[Path]) -> str:
        """Unpack it; what went wrong before its end."""
        try:
            self._archive.open_parts(parts)
            while entry := self._archive.next():
                told = next(self._told, None)
                if entry.is_folder:
                    continue
                if self._num >= self._bounds.members:
                    return "too_many_files"
                self._member(entry, told)
        except TooLarge:
            return "bomb"
        except Broken as error:
            if "ncrypt" in str(error) or "Crypto" in str(error) or self._archive.is_locked:
                return "locked"
            if "unavailable" in str(error) or "nsupported" in str(error):
                return "unknown_kind"
            return "broken_off" if self._num else "not_a_pack"
        return ""

    def _member(self, entry: Entry, told: rar5.Rar5Member | None) -> None:
        self._num += 1
        raw_name = entry.raw_name[:LONGEST_NAME]
        line: dict[str, Any] = {"raw": raw_name.hex(), "size": 0, "problem": ""}
        try:
            if raw_name != entry.raw_name:
                line["problem"] = "name_too_long"
            elif entry.is_link:
                line["problem"] = "link"
            elif not entry.is_file:
                line["problem"] = "cannot_read"
            elif entry.is_locked or (told and told.is_locked):
                line["problem"] = "locked_kind"
            else:
                same = told is not None and told.name == raw_name
                self._write(entry, line, told.checksum if told and same else None)
        finally:
            self._index.write(json.dumps(line) + "\n")

    def _write(self, entry: Entry, line: dict[str, Any], checksum: int | None) -> None:
        """The member's bytes into a file; what is wrong with them is noted in `line`."""
        file = self._folder / f"{self._num:06d}"
        may_be_large = is_read_from_disk(entry.raw_name.decode("latin-1"))
        most = self._room if may_be_large else min(self._bounds.member_bytes, self._room)
        found = 0
        try:
            with file.open("wb") as out:
                for block in self._archive.blocks(entry, most):
                    line["size"] += out.write(block)
                    found = zlib.crc32(block, found)
            if checksum not in {None, found}:
                raise Broken("wrong checksum")
            line["file"] = file.name
        except Broken as error:
            line["problem"] = "damaged"
            file.unlink()
            if error.is_final:
                raise
        except TooLarge:
            line["problem"] = "too_large"
            file.unlink()
            if most == self._room:
                raise
            line["size"] = most
        self._room -= line["size"]
