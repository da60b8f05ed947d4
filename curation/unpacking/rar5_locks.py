"""Opens a rar of version 5 that is locked, by writing it anew without the lock.

libarchive reads no locked rar. The lock is AES-256 over each member's packed bytes, and over each
header where names are locked too; with it taken away the rar is an ordinary one.
The format: https://www.rarlab.com/technote.htm, section "Encryption header" and "File encryption
record".
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

from cryptography.hazmat.primitives.ciphers import Cipher, CipherContext, algorithms, modes

from curation.unpacking.rar5 import LONGEST_HEADER, SIGNATURE, Numbers, number

_FILE, _SERVICE, _ENCRYPTION, _END = 2, 3, 4, 5
_HAS_EXTRA, _HAS_DATA, _SPLIT = 0x01, 0x02, 0x18
_HAS_TIME, _HAS_CHECKSUM = 0x02, 0x04
_LOCK, _HASH = 1, 2
_HAS_CHECK, _SUMS_ARE_KEYED = 0x01, 0x02
_PIECE = 1024 * 1024
_MOST_ROUNDS_LOG2 = 24
_CHECK_ROUNDS = 32


class WrongPassword(Exception):
    """None of the passwords opens it."""


class CannotUnlock(Exception):
    """It is locked in a way that is not known here, or damaged."""


@dataclass(frozen=True, slots=True)
class _Lock:
    """What a password is turned into a key with, and checked by."""

    rounds_log2: int
    salt: bytes
    check: bytes
    """Twelve bytes that tell a right password; empty where none are kept."""

    def key(self, passwords: Sequence[bytes]) -> bytes:
        """The key. Raises WrongPassword."""
        if self.rounds_log2 > _MOST_ROUNDS_LOG2:
            raise CannotUnlock
        for password in passwords:
            if not self.check or self._fits(password):
                return _stretched(password, self.salt, 1 << self.rounds_log2)
        raise WrongPassword

    def _fits(self, password: bytes) -> bool:
        rounds = (1 << self.rounds_log2) + _CHECK_ROUNDS
        folded = bytearray(8)
        for place, byte in enumerate(_stretched(password, self.salt, rounds)):
            folded[place % 8] ^= byte
        return bytes(folded) == self.check[:8]


@lru_cache(maxsize=64)
def _stretched(password: bytes, salt: bytes, rounds: int) -> bytes:
    return hashlib.pbkdf2_hmac("sha256", password, salt, rounds)


def write_unlocked(part: Path, out: BinaryIO, passwords: Sequence[bytes]) -> None:
    """Write the rar `part` to `out` without its locks. Its passwords are in UTF-8.

    Raises WrongPassword, CannotUnlock, OSError.
    """
    with part.open("rb") as file:
        if file.read(len(SIGNATURE)) != SIGNATURE:
            raise CannotUnlock
        out.write(SIGNATURE)
        header_key: bytes | None = None
        kind = 0
        try:
            while (header := _next_header(file, header_key)) is not None:
                numbers = Numbers(header)
                kind = numbers.next()
                if kind == _ENCRYPTION:
                    numbers.next()  # its flags
                    header_key = _lock_of_headers(numbers).key(passwords)
                else:
                    _copy_block(file, out, header, passwords)
        except (IndexError, struct.error) as error:
            raise CannotUnlock from error
        if kind != _END:
            out.write(bytes(1024))  # no header: what breaks off goes on to break off


def _lock_of_headers(numbers: Numbers) -> _Lock:
    version, flags = numbers.next(), numbers.next()
    _require_known(version)
    rounds, salt = numbers.take(1)[0], numbers.take(16)
    return _Lock(rounds, salt, numbers.take(12) if flags & _HAS_CHECK else b"")


def _require_known(version: int) -> None:
    if version != 0:
        raise CannotUnlock


def _next_header(file: BinaryIO, key: bytes | None) -> bytes | None:
    """A header from its kind on; None at the end of the file."""
    if key is None:
        begin = file.read(4 + 3)
        if len(begin) < 4 + 3:
            return None
        sized = Numbers(begin[4:])
        size = sized.next()
        return begin[4 + sized.at :] + file.read(_bounded(size) - (3 - sized.at))
    start = file.read(16)
    if len(start) < 16:
        return None
    cipher = _decryptor(key, start)
    plain = cipher.update(file.read(16))
    sized = Numbers(plain[4:])
    size = sized.next()
    end = 4 + sized.at + _bounded(size)
    plain += cipher.update(file.read(-(-end // 16) * 16 - len(plain)))
    return plain[4 + sized.at : end]


def _bounded(size: int) -> int:
    if size > LONGEST_HEADER:
        raise CannotUnlock
    return size


def _decryptor(key: bytes, start: bytes) -> CipherContext:
    return Cipher(algorithms.AES(key), modes.CBC(start)).decryptor()


def _copy_block(file: BinaryIO, out: BinaryIO, header: bytes, passwords: Sequence[bytes]) -> None:
    """One header and what belongs to it, without its lock if it has one."""
    numbers = Numbers(header)
    kind, flags = numbers.next(), numbers.next()
    extra_size = numbers.next() if flags & _HAS_EXTRA else 0
    data_size = numbers.next() if flags & _HAS_DATA else 0
    body = header[numbers.at : len(header) - extra_size]
    records = list(_records(header[len(header) - extra_size :])) if extra_size else []
    pieces = _pieces(file, data_size)
    lock = dict(records).get(_LOCK) if kind in {_FILE, _SERVICE} else None
    if lock is not None:
        if flags & _SPLIT:
            raise CannotUnlock
        sums_are_keyed, decryptor = _lock_of_member(lock, passwords)
        body, is_stored, size = _body_without_sum(body) if sums_are_keyed else _told(body)
        plain = (decryptor.update(piece) for piece in pieces)
        pieces = _first(plain, size) if is_stored else _packed_blocks(plain)
        gone = {_LOCK, _HASH} if sums_are_keyed else {_LOCK}
        records = [(each, record) for each, record in records if each not in gone]
    begin = out.tell()
    out.write(_header(kind, flags, records, data_size, body))
    written = sum(out.write(piece) for piece in pieces)
    end = out.tell()
    out.seek(begin)  # how many bytes there are without what filled the lock's last block
    out.write(_header(kind, flags, records, written, body))
    out.seek(end)


def _lock_of_member(record: bytes, passwords: Sequence[bytes]) -> tuple[bool, CipherContext]:
    """Whether its sums are mixed with the key, so that nobody here can compare them; what opens
    its bytes."""
    numbers = Numbers(record)
    version, flags = numbers.next(), numbers.next()
    _require_known(version)
    rounds, salt, start = numbers.take(1)[0], numbers.take(16), numbers.take(16)
    lock = _Lock(rounds, salt, numbers.take(12) if flags & _HAS_CHECK else b"")
    return bool(flags & _SUMS_ARE_KEYED), _decryptor(lock.key(passwords), start)


def _told(body: bytes) -> tuple[bytes, bool, int]:
    """A member's header as it is, whether its bytes are stored unpacked, and how many there are."""
    numbers = Numbers(body)
    flags, size, _attributes = numbers.next(), numbers.next(), numbers.next()
    numbers.take((4 if flags & _HAS_TIME else 0) + (4 if flags & _HAS_CHECKSUM else 0))
    packing = numbers.next()
    return body, packing >> 7 & 7 == 0, size


def _body_without_sum(body: bytes) -> tuple[bytes, bool, int]:
    """The same, without the checksum."""
    numbers = Numbers(body)
    flags, size, attributes = numbers.next(), numbers.next(), numbers.next()
    time = numbers.take(4 if flags & _HAS_TIME else 0)
    numbers.take(4 if flags & _HAS_CHECKSUM else 0)
    rest = body[numbers.at :]
    told = number(flags & ~_HAS_CHECKSUM) + number(size) + number(attributes)
    return told + time + rest, _told(body)[1], size


def _records(extra: bytes) -> Iterator[tuple[int, bytes]]:
    numbers = Numbers(extra)
    while numbers.at < len(extra):
        size = numbers.next()
        record = Numbers(numbers.take(size))
        yield record.next(), record.data[record.at :]


def _pieces(file: BinaryIO, size: int) -> Iterator[bytes]:
    while size > 0 and (piece := file.read(min(size, _PIECE))):
        size -= len(piece)
        yield piece


def _first(pieces: Iterator[bytes], size: int) -> Iterator[bytes]:
    """The bytes that were stored. What is behind them only fills the last block of the lock."""
    for piece in pieces:
        yield piece[:size]
        size -= min(size, len(piece))


def _packed_blocks(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The blocks that the packer made, up to the one that says that it is the last."""
    head, left, is_last = bytearray(), 0, False
    for piece in pieces:
        at = 0
        while at < len(piece) and not (is_last and left == 0):
            if left == 0:
                head.append(piece[at])
                at += 1
                if len(head) > 1 and len(head) == 3 + (head[0] >> 3 & 3):
                    left, is_last = int.from_bytes(head[2:], "little"), bool(head[0] & 0x40)
                    head.clear()
            else:
                step = min(left, len(piece) - at)
                at, left = at + step, left - step
        yield piece[:at]


def _header(
    kind: int, flags: int, records: Sequence[tuple[int, bytes]], data_size: int, body: bytes
) -> bytes:
    extra = b""
    for each, record in records:
        told = number(each) + record
        extra += number(len(told)) + told
    flags = flags | _HAS_EXTRA if extra else flags & ~_HAS_EXTRA
    header = number(kind) + number(flags)
    header += number(len(extra)) if extra else b""
    header += _wide_number(data_size) if flags & _HAS_DATA else b""
    sized = number(len(header + body + extra)) + header + body + extra
    return struct.pack("<L", zlib.crc32(sized)) + sized


def _wide_number(value: int) -> bytes:
    """A number of six bytes, up to four terabytes, so that it can be replaced by another."""
    return bytes([*(value >> 7 * n & 0x7F | 0x80 for n in range(5)), value >> 35 & 0x7F])
