"""Reads the members of a zip, each by its place and against its checksum, and trusts none of it."""

from __future__ import annotations

import stat
import struct
import zlib
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import BinaryIO
from zipfile import ZIP_DEFLATED, ZIP_STORED

from curation.decoding.client import in_child
from curation.decoding.limits import Limits
from curation.files import is_passing
from curation.sources.kinds.members import Member
from curation.sources.kinds.zip_directory import ZipEntry, extra_field, read_directory
from curation.sources.problem_codes import ProblemCode
from curation.sources.problems import MAX_FILE_BYTES, Unusable
from curation.unpacking.formats import is_read_from_disk
from curation.unpacking.joined import open_joined, starts_of
from curation.unpacking.unpack import read_member

MAX_RATIO = 200
"""Pictures hardly shrink in a pack; even an empty white bitmap shrinks less than bombs do."""
RATIO_MATTERS_FROM_BYTES = 1024 * 1024

_LIMITS = Limits(seconds=60, megabytes=1000)
"""Of one member that libarchive unlocks or unpacks."""

_ENCRYPTED, _NAME_IS_UTF8 = 0x1, 0x800
_UNICODE_PATH = 0x7075
_HEADER = struct.Struct("<4s22x2H")
_PIECE = 1024 * 1024
_MADE_ON_WINDOWS = {0, 10, 14}

FindPassword = Callable[[Callable[[str], bool]], str | None]
"""Given whether a password is right, the right one, if anybody knows it."""


def members_of_zip(parts: Sequence[Path], find_password: FindPassword) -> list[Member]:
    """All members of a zip, which may lie in several parts, first to last in its table.

    `find_password` is asked only when some are locked. Raises Unusable when it is no zip, OSError.
    """
    with open_joined(parts) as file:
        entries = read_directory(file, starts_of(parts))
    locked = [entry for entry in entries if _problem(entry) is None and _is_locked(entry)]
    password = None
    if locked:
        smallest = min(locked, key=lambda entry: entry.packed_size)
        password = find_password(partial(_opens, parts, smallest))
    return [_member(parts, entry, password) for entry in entries]


def _member(parts: Sequence[Path], entry: ZipEntry, password: str | None) -> Member:
    problem = _problem(entry)
    if problem is None and _is_locked(entry) and password is None:
        problem = ProblemCode.ENCRYPTED
    return Member(
        raw_name=entry.raw_name,
        text=_certain_name(entry),
        backslash_parts=entry.system in _MADE_ON_WINDOWS,
        size=entry.size,
        checksum=entry.checksum,
        problem=problem,
        chunks=partial(_chunks, parts, entry, password),
    )


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


def _is_locked(entry: ZipEntry) -> bool:
    return bool(entry.flags & _ENCRYPTED)


def _problem(entry: ZipEntry) -> ProblemCode | None:
    if stat.S_ISLNK(entry.attributes >> 16):
        return ProblemCode.LINK
    is_large = max(entry.packed_size, entry.size) > MAX_FILE_BYTES
    if is_large and not is_read_from_disk(entry.raw_name.decode("latin-1")):
        return ProblemCode.TOO_LARGE
    if entry.overlaps:
        return ProblemCode.OVERLAPPING
    is_tight = entry.size > MAX_RATIO * max(entry.packed_size, 1)
    if is_tight and entry.size > RATIO_MATTERS_FROM_BYTES:
        return ProblemCode.BOMB
    return None


def _chunks(parts: Sequence[Path], entry: ZipEntry, password: str | None) -> Iterator[bytes]:
    """A member's bytes: never more than it declares, and an error unless its checksum is right."""
    size, checksum = 0, 0
    try:
        with open_joined(parts) as file:
            for piece in _unpacked(file, entry, password):
                size += len(piece)
                checksum = zlib.crc32(piece, checksum)
                yield piece
    except OSError as error:
        if is_passing(error):
            raise
        raise Unusable(ProblemCode.DAMAGED) from error
    except (struct.error, ValueError, OverflowError, zlib.error) as error:
        raise Unusable(ProblemCode.DAMAGED) from error
    if size != entry.size or (checksum != entry.checksum and not _is_locked(entry)):
        raise Unusable(ProblemCode.DAMAGED)


def _unpacked(file: BinaryIO, entry: ZipEntry, password: str | None) -> Iterator[bytes]:
    if _is_locked(entry) or entry.packing not in {ZIP_STORED, ZIP_DEFLATED}:
        yield _through_libarchive(file, entry, [password] if password else [])
    elif entry.packing == ZIP_STORED:
        yield from _packed(file, entry)
    else:
        yield from _inflated(_packed(file, entry), entry.size)


def _packed(file: BinaryIO, entry: ZipEntry) -> Iterator[bytes]:
    file.seek(entry.offset)
    mark, name_length, extra_length = _HEADER.unpack(file.read(_HEADER.size))
    if mark != b"PK\x03\x04":
        raise Unusable(ProblemCode.DAMAGED)
    if _HEADER.size + name_length + extra_length + entry.packed_size > entry.room:
        raise Unusable(ProblemCode.OVERLAPPING)
    file.seek(name_length + extra_length, 1)
    left = entry.packed_size
    while left > 0 and (piece := file.read(min(_PIECE, left))):
        left -= len(piece)
        yield piece


def _inflated(pieces: Iterator[bytes], size: int) -> Iterator[bytes]:
    """At most one byte more than `size`, whatever the packed bytes would grow into."""
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    room = size + 1
    for piece in pieces:
        packed = piece
        while packed and room > 0:
            data = inflater.decompress(packed, min(room, _PIECE))
            packed = inflater.unconsumed_tail
            room -= len(data)
            yield data
    if room > 1:
        yield inflater.flush()[:room]


def _through_libarchive(file: BinaryIO, entry: ZipEntry, passwords: list[str]) -> bytes:
    """The bytes of a member that is locked, or packed by a rarer method, unpacked in the child."""
    problem, data = in_child(
        read_member,
        _zip_of_one(file, entry),
        [spelling for password in passwords for spelling in _spellings(password)],
        entry.size,
        limits=_LIMITS,
    )
    if problem:
        raise Unusable(_PROBLEMS[problem])
    return data


_PROBLEMS = {
    "no_library": ProblemCode.NO_LIBRARY,
    "wrong_password": ProblemCode.ENCRYPTED,
    "unknown_packing": ProblemCode.UNKNOWN_PACKING,
    "too_large": ProblemCode.DAMAGED,
    "damaged": ProblemCode.DAMAGED,
}


def _spellings(password: str) -> list[bytes]:
    """The password's bytes: as today's software writes them, and as older Chinese software did."""
    spelt = [password.encode(), password.encode("gb18030")]
    return spelt[:1] if spelt[0] == spelt[1] else spelt


def _zip_of_one(file: BinaryIO, entry: ZipEntry) -> bytes:
    """A zip that holds nothing but this member: its bytes as they lie there, and its own record."""
    if entry.packed_size > MAX_FILE_BYTES:
        raise Unusable(ProblemCode.TOO_LARGE)
    file.seek(entry.offset)
    member = file.read(min(entry.room, MAX_FILE_BYTES + _PIECE))
    file.seek(entry.record[0])
    record = bytearray(file.read(entry.record[1]))
    struct.pack_into("<H", record, 34, 0)  # its part
    struct.pack_into("<L", record, 42, 0)  # its place
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 1, 1, len(record), len(member), 0)
    return member + bytes(record) + end


def _opens(parts: Sequence[Path], entry: ZipEntry, password: str) -> bool:
    """Whether the password unlocks this member, all of it. Raises Unusable without libarchive."""
    try:
        for _piece in _chunks(parts, entry, password):
            pass
    except Unusable as unusable:
        if unusable.problem == ProblemCode.NO_LIBRARY:
            raise
        return False
    return True
