"""What the headers of a rar of version 5 say: which members are locked, and their checksums.

libarchive (3.6) passes over both. A locked member comes out of it as noise, and a stored one with
whatever bytes lie there (libarchive/libarchive#2096, #3414). So its headers are walked beside it.
The format: https://www.rarlab.com/technote.htm
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

SIGNATURE = b"Rar!\x1a\x07\x01\x00"

_FILE, _ENCRYPTION, _END = 2, 4, 5
_HAS_EXTRA, _HAS_DATA, _GOES_ON_FROM_BEFORE = 0x01, 0x02, 0x08
_HAS_TIME, _HAS_CHECKSUM = 0x02, 0x04
_IS_LOCKED = 1
LONGEST_HEADER = 2 * 1024 * 1024
_MOST_HEADERS = 200_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Rar5Member:
    name: bytes
    checksum: int | None
    """CRC-32 of its bytes; None where another kind is used or none."""
    is_locked: bool


class HeadersLocked(Exception):
    """Even the names are locked with a password."""


def members_of(parts: Sequence[Path]) -> list[Rar5Member]:
    """The members, folders too, in the order of their headers, as far as those can be read.

    None of a rar of an older version. Raises HeadersLocked, OSError.
    """
    members: list[Rar5Member] = []
    for part in parts:
        with part.open("rb") as file:
            if file.read(len(SIGNATURE)) != SIGNATURE:
                return members
            for goes_on, member in _members(file):
                if not goes_on:
                    members.append(member)
                elif members:  # the last piece's checksum is that of the whole
                    members[-1] = replace(members[-1], checksum=member.checksum)
    return members


def _members(file: BinaryIO) -> Iterator[tuple[bool, Rar5Member]]:
    for _ in range(_MOST_HEADERS):
        try:
            numbers = Numbers(_next_header(file))
            kind, flags = numbers.next(), numbers.next()
            extra_size = numbers.next() if flags & _HAS_EXTRA else 0
            data_size = numbers.next() if flags & _HAS_DATA else 0
            if kind == _ENCRYPTION:
                raise HeadersLocked
            if kind == _FILE:
                yield bool(flags & _GOES_ON_FROM_BEFORE), _member(numbers, extra_size)
            if kind == _END:
                return
            file.seek(data_size, 1)
        except (IndexError, struct.error, OSError, OverflowError):
            return  # broken: libarchive says what it can of what follows


def _next_header(file: BinaryIO) -> bytes:
    """A header's bytes behind its size. Raises IndexError at the end of the file."""
    begin = file.read(4 + 10)
    sized = Numbers(begin[4:])
    size = sized.next()
    if size > LONGEST_HEADER:
        raise IndexError
    file.seek(sized.at - len(begin) + 4, 1)
    return file.read(size)


def _member(numbers: Numbers, extra_size: int) -> Rar5Member:
    flags, _size, _attributes = numbers.next(), numbers.next(), numbers.next()
    if flags & _HAS_TIME:
        numbers.at += 4
    checksum = None
    if flags & _HAS_CHECKSUM:
        (checksum,) = struct.unpack_from("<L", numbers.data, numbers.at)
        numbers.at += 4
    _packing, _system = numbers.next(), numbers.next()
    length = numbers.next()
    name = numbers.data[numbers.at : numbers.at + length]
    extra = Numbers(numbers.data[len(numbers.data) - extra_size :] if extra_size else b"")
    return Rar5Member(name=name, checksum=checksum, is_locked=_IS_LOCKED in set(extra.records()))


class Numbers:
    """RAR's numbers of variable length, one after the other. Raises IndexError behind the last."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def next(self) -> int:
        value = 0
        for shift in range(0, 70, 7):
            byte = self.data[self.at]
            self.at += 1
            value |= (byte & 0x7F) << shift
            if not byte & 0x80:
                break
        return value

    def take(self, num: int) -> bytes:
        """So many bytes as they are. Raises IndexError when there are fewer."""
        if self.at + num > len(self.data):
            raise IndexError
        self.at += num
        return self.data[self.at - num : self.at]

    def records(self) -> Iterator[int]:
        """The kinds of the records that it consists of."""
        while self.at < len(self.data):
            size = self.next()
            end = self.at + size
            yield self.next()
            self.at = end


def number(value: int) -> bytes:
    """A number as RAR writes it: seven bits a byte, the lowest first."""
    out = bytearray()
    while True:
        low, value = value & 0x7F, value >> 7
        out.append(low | (0x80 if value else 0))
        if not value:
            return bytes(out)
