"""Opens a 7z that is locked, by writing it anew without the lock.

libarchive 3.6 reads no locked 7z. The lock is one of the coders of a folder, AES-256 over its
packed bytes; the header, with the names, may be locked in the same way. With that coder taken away
the 7z is an ordinary one. Whether a password is right only the checksums of what is packed tell.
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from curation.unpacking import sevenzip as kinds
from curation.unpacking.joined import open_joined
from curation.unpacking.rar5_locks import CannotUnlock, WrongPassword
from curation.unpacking.sevenzip import (
    AES,
    START,
    Coder,
    Folder,
    Misbuilt,
    Numbers,
    Streams,
    number,
    read_start,
    read_streams,
    unpacked_header,
)

_PIECE = 1024 * 1024
_MOST_ROUNDS_LOG2 = 24
_AT_ONCE = 4096
_MOST_HEADERS = 4
"""One in the other; packs have one or two, and one that holds itself has no end of them."""


@dataclass(frozen=True, slots=True)
class Unlocked:
    """A 7z that was written anew."""

    first_locked: int
    """Which of its members with bytes was locked first: by it a password is known to be right."""


def is_locked(parts: Sequence[Path]) -> bool:
    """Whether any of it is. What cannot be followed is not, for others to say what is wrong."""
    try:
        with open_joined(parts) as file:
            header = read_start(file)
            for _depth in range(_MOST_HEADERS):
                if header[:1] != bytes([kinds.ENCODED]):
                    break
                streams = read_streams(Numbers(header[1:]))
                if any(map(_is_locked, streams.folders)):
                    return True
                header = _unpacked(file, streams, "")
            return any(map(_is_locked, _main_streams(header)[1].folders))
    except Misbuilt:
        return False


def write_unlocked(parts: Sequence[Path], out: BinaryIO, password: str) -> Unlocked:
    """Write it to `out` as if it had never been locked.

    Raises WrongPassword where the header tells so, CannotUnlock, OSError.
    """
    try:
        with open_joined(parts) as file:
            header = _plain_header(file, password)
            before, streams, behind = _main_streams(header)
            out.write(bytes(START.size))
            sizes: list[int] = []
            for folder, places in _with_places(streams):
                lock = _lock_of(folder)
                for at, size in places:
                    pieces = _pieces(file, START.size + at, size)
                    taken = _unlocked(pieces, lock, password) if lock else pieces
                    sizes.append(sum(out.write(piece) for piece in taken))
            _write_header(out, before + _written(streams, sizes) + behind)
            return Unlocked(_first_locked(streams))
    except Misbuilt as error:
        raise CannotUnlock from error


def _plain_header(file: BinaryIO, password: str) -> bytes:
    header = read_start(file)
    for _depth in range(_MOST_HEADERS):
        if header[:1] != bytes([kinds.ENCODED]):
            break
        streams = read_streams(Numbers(header[1:]))
        is_closed = any(map(_is_locked, streams.folders))
        try:
            header = _unpacked(file, streams, password)
        except Misbuilt as error:
            raise (WrongPassword if is_closed else CannotUnlock) from error
    return header


def _main_streams(header: bytes) -> tuple[bytes, Streams, bytes]:
    """What stands before the streams in a plain header, they, and what stands behind."""
    told = Numbers(header)
    told.expect(kinds.HEADER)
    kind = told.byte()
    if kind == kinds.PROPERTIES:
        while told.byte() != kinds.END:
            told.take(told.number())
        kind = told.byte()
    if kind != kinds.STREAMS:
        raise Misbuilt
    before = header[: told.at]
    streams = read_streams(told)
    return before, streams, header[told.at :]


def _is_locked(folder: Folder) -> bool:
    return any(coder.method == AES for coder in folder.coders)


def _lock_of(folder: Folder) -> Coder | None:
    """The one coder that locks a folder. Raises Misbuilt where the lock is built in another way."""
    locks = [coder for coder in folder.coders if coder.method == AES]
    if not locks:
        return None
    if len(locks) > 1 or len(folder.packed) > 1 or locks[0].num_in != 1:
        raise Misbuilt
    return locks[0]


def _with_places(streams: Streams) -> Iterator[tuple[Folder, list[tuple[int, int]]]]:
    """Each folder with where its packed streams lie behind the start, and how long they are."""
    at, sizes = streams.begin, iter(streams.sizes)
    for folder in streams.folders:
        places = []
        for _ in folder.packed:
            size = next(sizes, None)
            if size is None:
                raise Misbuilt
            places.append((at, size))
            at += size
        yield folder, places


def _unpacked(file: BinaryIO, streams: Streams, password: str) -> bytes:
    """The header that is packed in the one folder of `streams`."""
    packed = list(_with_places(streams))
    if len(packed) != 1:
        raise Misbuilt
    ((folder, places),) = packed
    left = [coder for coder in folder.coders if coder.method != AES]
    if len(left) > 1 or len(places) != 1 or places[0][1] > kinds.LONGEST_HEADER:
        raise Misbuilt
    lock = _lock_of(folder)
    pieces = _pieces(file, START.size + places[0][0], places[0][1])
    data = b"".join(_unlocked(pieces, lock, password) if lock else pieces)
    return unpacked_header(folder, data, left[0] if left else None)


def _pieces(file: BinaryIO, at: int, size: int) -> Iterator[bytes]:
    file.seek(at)
    while size > 0:
        piece = file.read(min(size, _PIECE))
        if not piece:
            raise Misbuilt
        size -= len(piece)
        yield piece


def _unlocked(pieces: Iterator[bytes], lock: Coder, password: str) -> Iterator[bytes]:
    """What the lock was put on: without the bytes that filled its last block."""
    rounds_log2, salt, start = _settings(lock.settings)
    key = _stretched(password, salt, rounds_log2)
    decryptor = Cipher(algorithms.AES(key), modes.CBC(start)).decryptor()
    left = lock.size
    for piece in pieces:
        data = decryptor.update(piece)[:left]
        left -= len(data)
        yield data
    if left:
        raise Misbuilt


def _settings(told: bytes) -> tuple[int, bytes, bytes]:
    """How often the password is stretched, with which salt, and how the first block begins."""
    numbers = Numbers(told)
    first = numbers.byte()
    second = numbers.byte() if first & 0xC0 else 0
    salt = numbers.take((first >> 7 & 1) + (second >> 4))
    start = numbers.take((first >> 6 & 1) + (second & 0x0F))
    return first & 0x3F, salt, start.ljust(16, b"\0")[:16]


@lru_cache(maxsize=64)
def _stretched(password: str, salt: bytes, rounds_log2: int) -> bytes:
    """The key: SHA-256 over salt, password and a number, for so many numbers."""
    if rounds_log2 > _MOST_ROUNDS_LOG2:
        raise CannotUnlock
    secret, digest = salt + password.encode("utf-16-le"), hashlib.sha256()
    rounds = 1 << rounds_log2
    for since in range(0, rounds, _AT_ONCE):
        numbers = range(since, min(since + _AT_ONCE, rounds))
        digest.update(b"".join(secret + n.to_bytes(8, "little") for n in numbers))
    return digest.digest()


def _first_locked(streams: Streams) -> int:
    nums = streams.nums_of_members
    locked = [_is_locked(folder) for folder in streams.folders]
    return sum(nums[: locked.index(True)]) if True in locked else 0


def _written(streams: Streams, sizes: Sequence[int]) -> bytes:
    """The streams as a header holds them, without locks; they begin right behind the start."""
    folders = [_without_lock(folder) for folder in streams.folders]
    told = bytes([kinds.PACKED]) + number(0) + number(len(sizes)) + bytes([kinds.SIZES])
    told += b"".join(map(number, sizes)) + bytes([kinds.END, kinds.UNPACKED, kinds.FOLDER])
    told += number(len(folders)) + b"\0" + b"".join(map(_written_folder, folders))
    told += bytes([kinds.UNPACKED_SIZES])
    told += b"".join(number(coder.size) for folder in folders for coder in folder.coders)
    noted = [folder.checksum for folder in folders]
    if any(checksum is not None for checksum in noted):
        bits = bytearray((len(noted) + 7) // 8)
        for n, checksum in enumerate(noted):
            bits[n // 8] |= (0x80 >> n % 8) * (checksum is not None)
        told += bytes([kinds.CHECKSUMS, 0]) + bits
        told += b"".join(struct.pack("<L", each) for each in noted if each is not None)
    told += bytes([kinds.END])
    if streams.members:
        told += bytes([kinds.MEMBERS]) + streams.members
    return told + bytes([kinds.END])


def _without_lock(folder: Folder) -> Folder:
    """The folder without its lock: whoever was fed by it is fed by the packed stream."""
    lock = _lock_of(folder)
    if lock is None:
        return folder
    if len(folder.coders) == 1:
        return replace(folder, coders=(replace(lock, method=b"\0", settings=b""),))
    place = folder.coders.index(lock)
    gone_in = sum(coder.num_in for coder in folder.coders[:place])
    fed = [into for into, out in folder.bound if out == place]
    if len(fed) != 1 or folder.packed != (gone_in,):
        raise Misbuilt
    bound = tuple(
        (into - (into > gone_in), out - (out > place)) for into, out in folder.bound if out != place
    )
    coders = folder.coders[:place] + folder.coders[place + 1 :]
    return replace(folder, coders=coders, bound=bound, packed=(fed[0] - (fed[0] > gone_in),))


def _written_folder(folder: Folder) -> bytes:
    told = number(len(folder.coders))
    for coder in folder.coders:
        is_simple = coder.num_in == 1
        told += bytes([len(coder.method) | 0x10 * (not is_simple) | 0x20 * bool(coder.settings)])
        told += coder.method
        told += b"" if is_simple else number(coder.num_in) + number(1)
        told += number(len(coder.settings)) + coder.settings if coder.settings else b""
    told += b"".join(number(into) + number(out) for into, out in folder.bound)
    return told + (b"".join(map(number, folder.packed)) if len(folder.packed) > 1 else b"")


def _write_header(out: BinaryIO, header: bytes) -> None:
    at = out.tell() - START.size
    out.write(header)
    rest = struct.pack("<2QL", at, len(header), zlib.crc32(header))
    out.seek(0)
    out.write(kinds.SIGNATURE + b"\0\4" + struct.pack("<L", zlib.crc32(rest)) + rest)
