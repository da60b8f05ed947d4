"""Reads a zip file without unpacking it to disk, and without trusting it."""

from __future__ import annotations

import stat
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path, PurePosixPath
from typing import BinaryIO
from zipfile import ZIP_DEFLATED, ZIP_STORED

from curation.files import is_passing
from curation.sources.kinds.found import FoundFile, in_order
from curation.sources.kinds.names import decode_names, is_system_file
from curation.sources.kinds.zip_directory import ZipEntry, extra_field, read_directory
from curation.sources.problems import MAX_FILE_BYTES, ProblemCode, Unusable

MAX_RATIO = 200
"""Pictures hardly shrink in a zip; even an empty white bitmap shrinks less than bombs do."""
RATIO_MATTERS_FROM_BYTES = 1024 * 1024

_ENCRYPTED, _NAME_IS_UTF8 = 0x1, 0x800
_UNICODE_PATH = 0x7075
_HEADER = struct.Struct("<4s22x2H")
_MADE_ON_WINDOWS = {0, 10, 14}


@contextmanager
def files_in_zip(path: Path) -> Iterator[list[FoundFile]]:
    """All files in a zip, in natural order, readable while the context lasts.

    Raises Unusable when it is not a zip or holds too many files.
    """
    if not path.is_file():
        raise Unusable(ProblemCode.GONE)
    with path.open("rb") as file:
        yield in_order(list(_members(file)))


def _members(file: BinaryIO) -> Iterator[FoundFile]:
    entries = read_directory(file)
    for entry, path in zip(entries, names_in_zip(entries), strict=True):
        if path.endswith("/") or is_system_file(path):
            continue
        yield FoundFile(
            path=path,
            size=entry.size,
            problem=_problem(entry, path),
            open_bytes=partial(_read, file, entry),
        )


def names_in_zip(entries: list[ZipEntry]) -> list[str]:
    """The members' paths as their maker saw them, with `/`.

    Zips made by older Chinese software hold GBK names and say nothing of it; some say that a name
    is UTF-8 when it is not.
    """
    sure = {
        position: name
        for position, entry in enumerate(entries)
        if (name := _certain_name(entry)) is not None
    }
    unsure = [position for position in range(len(entries)) if position not in sure]
    guessed = decode_names([entries[position].raw_name for position in unsure])
    names = sure | dict(zip(unsure, guessed, strict=True))
    return [_tidy(names[position], entry) for position, entry in enumerate(entries)]


def _certain_name(entry: ZipEntry) -> str | None:
    """The name, where the zip says how it is written, and says so rightly."""
    try:
        if entry.flags & _NAME_IS_UTF8:
            return entry.raw_name.decode()
        return _unicode_path(entry)
    except UnicodeDecodeError:
        return None


def _unicode_path(entry: ZipEntry) -> str | None:
    """The UTF-8 name that some packers add beside the old one (field 0x7075 of the zip format)."""
    body = extra_field(entry.extra, _UNICODE_PATH)
    if body is None or len(body) <= 5 or body[0] != 1:
        return None
    belongs = struct.unpack_from("<L", body, 1)[0] == zlib.crc32(entry.raw_name)
    return body[5:].decode() if belongs else None


def _tidy(name: str, entry: ZipEntry) -> str:
    name = name.split("\x00", 1)[0]
    return name.replace("\\", "/") if entry.system in _MADE_ON_WINDOWS else name


def _problem(entry: ZipEntry, path: str) -> ProblemCode | None:
    parts = PurePosixPath(path)
    if parts.is_absolute() or ".." in parts.parts or path[1:2] == ":":
        return ProblemCode.UNSAFE_PATH
    if stat.S_ISLNK(entry.attributes >> 16):
        return ProblemCode.OUTSIDE
    if entry.flags & _ENCRYPTED:
        return ProblemCode.ENCRYPTED
    if entry.packing not in {ZIP_STORED, ZIP_DEFLATED}:
        # bzip2 and LZMA may grow a kilobyte into gigabytes, and nobody packs pictures with them.
        return ProblemCode.UNKNOWN_PACKING
    return _problem_of_size(entry)


def _problem_of_size(entry: ZipEntry) -> ProblemCode | None:
    if max(entry.packed_size, entry.size) > MAX_FILE_BYTES:
        return ProblemCode.TOO_LARGE
    if entry.overlaps:
        return ProblemCode.OVERLAPPING
    is_tight = entry.size > MAX_RATIO * max(entry.packed_size, 1)
    if is_tight and entry.size > RATIO_MATTERS_FROM_BYTES:
        return ProblemCode.BOMB
    return None


def _read(file: BinaryIO, entry: ZipEntry) -> bytes:
    """One member's bytes: never more than it declares, and only if they match its checksum."""
    try:
        packed = _packed(file, entry)
        data = packed if entry.packing == ZIP_STORED else _inflated(packed, entry.size)
    except OSError as error:
        if is_passing(error):
            raise
        raise Unusable(ProblemCode.DAMAGED) from error
    except (struct.error, ValueError, OverflowError, zlib.error) as error:
        raise Unusable(ProblemCode.DAMAGED) from error
    if len(data) != entry.size or zlib.crc32(data) != entry.checksum:
        raise Unusable(ProblemCode.DAMAGED)
    return data


def _packed(file: BinaryIO, entry: ZipEntry) -> bytes:
    file.seek(entry.offset)
    mark, name_length, extra_length = _HEADER.unpack(file.read(_HEADER.size))
    if mark != b"PK\x03\x04":
        raise Unusable(ProblemCode.DAMAGED)
    file.seek(name_length + extra_length, 1)
    return file.read(entry.packed_size)


def _inflated(packed: bytes, size: int) -> bytes:
    """At most one byte more than `size`, whatever the packed bytes would grow into."""
    return zlib.decompressobj(-zlib.MAX_WBITS).decompress(packed, size + 1)
