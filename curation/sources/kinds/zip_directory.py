"""Reads a zip's table of contents: bounded, and entry by entry.

**Why not libarchive, which reads all other packs.** It goes by the header in front of each member
where that differs from the table (names in GBK there, in UTF-8 here: unzip shows the table's), it
does not tell a name's bytes from a name it has turned into text, it does not see that members
overlap, and it reads what it is given from the beginning to the end, where the table lets us read
each member by its place, so that no second copy of a zip lies on the disk. What it can, and we
need not, is to unlock and to unpack: members under a password or packed by a rarer method go
through it one by one (`zip_file.py`).

Python's own reader takes all of the table into memory, 1.7 GB for one of 114 MB, and gives up the
whole zip for one entry that is wrong. Here a damaged entry is one file's problem.
The format: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import BinaryIO

from curation.sources.problem_codes import ProblemCode
from curation.sources.problems import MAX_FILES, Unusable

MAX_DIRECTORY_BYTES = 32 * 2**20
MAX_ENTRIES = 3 * MAX_FILES
"""Folders and what a Mac adds beside each file have entries too."""

ZIP_BEGINS_WITH = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")

_END = struct.Struct("<6xH4x2L2x")
_END64_AT = struct.Struct("<4sLQL")
_END64 = struct.Struct("<4sQ2H2L4Q")
_ENTRY = struct.Struct("<5xB2x2H4x3L3HH2x2L")
_LONGEST_COMMENT = 65_535
_LEAST_HEADER = 30
_ASK_ZIP64 = 0xFFFFFFFF
_ZIP64 = 0x0001
_SIGNATURE = b"PK\x05\x05"
"""What may follow the entries; nobody checks it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ZipEntry:
    """What a zip says of one of its files. None of it is certain."""

    raw_name: bytes
    flags: int
    packing: int
    checksum: int
    packed_size: int
    size: int
    """Bytes, unpacked."""
    offset: int
    """Where its own header begins in the file, or in all parts of it behind each other."""
    record: tuple[int, int]
    """Where its entry in the table begins, and how long it is."""
    system: int
    """What it was packed on: 0 for MS-DOS, 3 for Unix and so on."""
    attributes: int
    extra: bytes
    room: int = 0
    """Bytes from its header to the next file's, or to the table."""

    @property
    def overlaps(self) -> bool:
        """Whether it reaches into the next file. So a small zip is made to hold millions.

        By the shortest header that may stand there: how long its is, only that header says.
        """
        return _LEAST_HEADER + self.packed_size > self.room


def read_directory(file: BinaryIO, starts: Sequence[int] = (0,)) -> list[ZipEntry]:
    """Every entry of the zip's table of contents.

    Of a zip in several parts `file` is all of them behind each other, and `starts` says where each
    begins. Raises Unusable when it is no zip, or its table is too large to be read.
    """
    file.seek(0)
    if file.read(4) not in ZIP_BEGINS_WITH:
        raise Unusable(ProblemCode.NOT_A_PACK)
    try:
        table, begin, shift = _table(file, starts)
        entries = list(_entries(table, begin, shift, starts))
    except (struct.error, OverflowError, ValueError, IndexError) as error:
        raise Unusable(ProblemCode.NOT_A_PACK) from error
    if not entries:
        return []
    in_place = sorted(range(len(entries)), key=lambda position: entries[position].offset)
    ends = [*(entries[position].offset for position in in_place[1:]), begin]
    for position, end in zip(in_place, ends, strict=True):
        entries[position] = replace(entries[position], room=end - entries[position].offset)
    return entries


def _table(file: BinaryIO, starts: Sequence[int]) -> tuple[bytes, int, int]:
    """The table, where it begins, and how far all lies behind where the zip says it does."""
    length = _length(file)
    tail_at = max(0, length - _END.size - _LONGEST_COMMENT)
    file.seek(tail_at)
    tail = file.read()
    found = tail.rfind(b"PK\x05\x06")
    if found < 0:
        raise Unusable(ProblemCode.NOT_A_PACK)
    end_at = tail_at + found
    part, size, offset = _END.unpack_from(tail, found)
    if zip64 := _end64(file, end_at, starts):
        part, size, offset, end_at = zip64
    offset += starts[part] if len(starts) > 1 else 0
    if size > MAX_DIRECTORY_BYTES:
        raise Unusable(ProblemCode.LARGE_DIRECTORY)
    begin = end_at - size
    if begin < 0:
        raise Unusable(ProblemCode.NOT_A_PACK)
    file.seek(begin)
    return file.read(size), begin, begin - offset


def _end64(file: BinaryIO, end_at: int, starts: Sequence[int]) -> tuple[int, int, int, int] | None:
    """Part, size and offset of the table, and where it ends, in a zip of the larger kind."""
    if end_at < _END64_AT.size:
        return None
    file.seek(end_at - _END64_AT.size)
    mark, part, at, _ = _END64_AT.unpack(file.read(_END64_AT.size))
    if mark != b"PK\x06\x07":
        return None
    at += starts[part] if len(starts) > 1 else 0
    file.seek(at)
    mark, *_, part, _, _, size, offset = _END64.unpack(file.read(_END64.size))
    return (part, size, offset, at) if mark == b"PK\x06\x06" else None


def _entries(table: bytes, begin: int, shift: int, starts: Sequence[int]) -> Iterator[ZipEntry]:
    at = 0
    for _ in range(MAX_ENTRIES):
        if at >= len(table) or table[at : at + 4] == _SIGNATURE:
            return
        if table[at : at + 4] != b"PK\x01\x02":
            raise ValueError("the table of contents breaks off")
        system, flags, packing, checksum, *sizes, attributes, offset = _ENTRY.unpack_from(table, at)
        packed_size, size, name_length, extra_length, comment_length, part = sizes
        name_at = at + _ENTRY.size
        extra_at = name_at + name_length
        extra = table[extra_at : extra_at + extra_length]
        size, packed_size, offset = _with_zip64(extra, size, packed_size, offset)
        end = extra_at + extra_length + comment_length
        offset += starts[part] if 0 < part < len(starts) else 0
        yield ZipEntry(
            raw_name=table[name_at:extra_at],
            flags=flags,
            packing=packing,
            checksum=checksum,
            packed_size=packed_size,
            size=size,
            offset=offset + shift,
            record=(begin + at, end - at),
            system=system,
            attributes=attributes,
            extra=extra,
        )
        at = end
    raise Unusable(ProblemCode.TOO_MANY_FILES)


def _with_zip64(extra: bytes, *given: int) -> list[int]:
    """Of large files the numbers stand in an extra field; what it lacks stays too large to read."""
    wide = extra_field(extra, _ZIP64) or b""
    numbers = [value for (value,) in struct.iter_unpack("<Q", wide[: len(wide) // 8 * 8])]
    return [numbers.pop(0) if value == _ASK_ZIP64 and numbers else value for value in given]


def extra_field(extra: bytes, wanted: int) -> bytes | None:
    """One of the numbered fields in an entry's extra bytes."""
    while len(extra) >= 4:
        kind, length = struct.unpack_from("<HH", extra)
        if kind == wanted:
            return extra[4 : 4 + length]
        extra = extra[4 + length :]
    return None


def _length(file: BinaryIO) -> int:
    return file.seek(0, 2)
