"""Reads how a 7z is laid out: its packed streams, and by which coders its folders are packed.

A folder is what is packed together: one or more members behind each other. Only what is needed to
take locks off is understood; names and times are carried over as they are.
The format: DOC/7zFormat.txt of the LZMA SDK, https://www.7-zip.org/sdk.html
"""

from __future__ import annotations

import lzma
import struct
import zlib
from dataclasses import dataclass, replace
from typing import BinaryIO

SIGNATURE = b"7z\xbc\xaf\x27\x1c"
START = struct.Struct("<6s2BL2QL")
"""Signature, version, checksum of the rest, and where the header lies, how long, its checksum."""
AES = b"\x06\xf1\x07\x01"
_COPY, _LZMA, _LZMA2 = b"\x00", b"\x03\x01\x01", b"\x21"
LONGEST_HEADER = 64 * 1024 * 1024
MOST_FOLDERS, MOST_CODERS = 100_000, 32

(END, HEADER, PROPERTIES, STREAMS) = (0, 1, 2, 4)
(PACKED, UNPACKED, MEMBERS, SIZES, CHECKSUMS, FOLDER, UNPACKED_SIZES, NUM_MEMBERS) = range(6, 14)
ENCODED = 0x17


class Misbuilt(Exception):
    """The bytes are no header that can be followed."""


@dataclass(frozen=True, slots=True)
class Coder:
    """One step of unpacking a folder."""

    method: bytes
    num_in: int
    settings: bytes
    size: int = 0
    """Bytes that come out of it."""


@dataclass(frozen=True, slots=True)
class Folder:
    """How some members are packed together."""

    coders: tuple[Coder, ...]
    bound: tuple[tuple[int, int], ...]
    """Which coder's input is fed by which one's output."""
    packed: tuple[int, ...]
    """The inputs that are fed by packed streams."""
    checksum: int | None = None


@dataclass(frozen=True, slots=True)
class Streams:
    """The packed streams of a 7z and the folders that they are unpacked into."""

    begin: int
    """Where the first packed stream begins, behind the start."""
    sizes: tuple[int, ...]
    folders: tuple[Folder, ...]
    members: bytes
    """What says how folders are divided into members, as it lies there."""

    @property
    def nums_of_members(self) -> list[int]:
        """How many members with bytes each folder holds."""
        told = Numbers(self.members)
        if not self.members or told.byte() != NUM_MEMBERS:
            return [1] * len(self.folders)
        return [told.number() for _ in self.folders]


class Numbers:
    """Reads the numbers of a header one after the other. Raises Misbuilt behind its end."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def take(self, num: int) -> bytes:
        if num < 0 or self.at + num > len(self.data):
            raise Misbuilt
        self.at += num
        return self.data[self.at - num : self.at]

    def byte(self) -> int:
        return self.take(1)[0]

    def number(self) -> int:
        """One of 1 to 9 bytes; the leading ones of the first say how many follow it."""
        first, value = self.byte(), 0
        for place in range(8):
            mask = 0x80 >> place
            if not first & mask:
                return value | (first & (mask - 1)) << (8 * place)
            value |= self.byte() << (8 * place)
        return value

    def expect(self, kind: int) -> None:
        if self.byte() != kind:
            raise Misbuilt

    def checksums(self, num: int) -> list[int | None]:
        """As many as there are, or None where none is noted."""
        are_all = self.byte()
        bits = self.take((num + 7) // 8) if not are_all else b""
        noted = [bool(are_all) or bool(bits[n // 8] & (0x80 >> n % 8)) for n in range(num)]
        return [struct.unpack("<L", self.take(4))[0] if one else None for one in noted]


def number(value: int) -> bytes:
    """Its bytes as `Numbers.number` reads them; always nine, which is allowed and simple."""
    return b"\xff" + struct.pack("<Q", value)


def read_streams(told: Numbers) -> Streams:
    """The streams that stand next. Raises Misbuilt."""
    kind, begin = told.byte(), 0
    sizes: tuple[int, ...] = ()
    if kind == PACKED:
        begin, num = told.number(), told.number()
        if num > MOST_FOLDERS * 4:
            raise Misbuilt
        told.expect(SIZES)
        sizes = tuple(told.number() for _ in range(num))
        if (kind := told.byte()) == CHECKSUMS:
            told.checksums(num)
            kind = told.byte()
        if kind != END:
            raise Misbuilt
        kind = told.byte()
    if kind != UNPACKED:
        raise Misbuilt
    folders = _read_folders(told)
    since = told.at
    if (kind := told.byte()) == MEMBERS:
        since = told.at
        _pass_members(told, folders)
        told.expect(END)
        return Streams(begin, sizes, folders, told.data[since : told.at - 1])
    if kind != END:
        raise Misbuilt
    return Streams(begin, sizes, folders, b"")


def _read_folders(told: Numbers) -> tuple[Folder, ...]:
    told.expect(FOLDER)
    num = told.number()
    if num > MOST_FOLDERS or told.byte() != 0:
        raise Misbuilt
    folders = [_read_folder(told) for _ in range(num)]
    told.expect(UNPACKED_SIZES)
    for n, folder in enumerate(folders):
        coders = [replace(coder, size=told.number()) for coder in folder.coders]
        folders[n] = replace(folder, coders=tuple(coders))
    if (kind := told.byte()) == CHECKSUMS:
        checksums = told.checksums(num)
        folders = [replace(f, checksum=c) for f, c in zip(folders, checksums, strict=True)]
        kind = told.byte()
    if kind != END:
        raise Misbuilt
    return tuple(folders)


def _read_folder(told: Numbers) -> Folder:
    num = told.number()
    if not 0 < num <= MOST_CODERS:
        raise Misbuilt
    coders = []
    for _ in range(num):
        flags = told.byte()
        method = told.take(flags & 0x0F)
        num_in, num_out = (told.number(), told.number()) if flags & 0x10 else (1, 1)
        settings = told.take(told.number()) if flags & 0x20 else b""
        if not 0 < num_in <= MOST_CODERS or num_out != 1:
            raise Misbuilt
        coders.append(Coder(method, num_in, settings))
    num_in = sum(coder.num_in for coder in coders)
    bound = tuple((told.number(), told.number()) for _ in range(num - 1))
    num_packed = num_in - len(bound)
    if num_packed < 1:
        raise Misbuilt
    if num_packed > 1:
        packed = tuple(told.number() for _ in range(num_packed))
    else:
        packed = tuple(n for n in range(num_in) if n not in {bind[0] for bind in bound})
    return Folder(tuple(coders), bound, packed)


def _pass_members(told: Numbers, folders: tuple[Folder, ...]) -> None:
    """Go behind what says how folders are divided into members."""
    nums = [1] * len(folders)
    kind = told.byte()
    if kind == NUM_MEMBERS:
        nums = [told.number() for _ in folders]
        kind = told.byte()
    if sum(nums) > MOST_FOLDERS * 4:
        raise Misbuilt
    if kind == SIZES:
        for num in nums:
            for _ in range(num - 1):
                told.number()
        kind = told.byte()
    if kind == CHECKSUMS:
        both = zip(nums, folders, strict=True)
        told.checksums(sum(num for num, each in both if num != 1 or each.checksum is None))
        kind = told.byte()
    if kind != END:
        raise Misbuilt


def read_start(file: BinaryIO) -> bytes:
    """The header as it lies there, plain or encoded. Raises Misbuilt."""
    file.seek(0)
    start = file.read(START.size)
    if len(start) < START.size:
        raise Misbuilt
    signature, _major, _minor, checksum, at, length, of_header = START.unpack(start)
    if signature != SIGNATURE or checksum != zlib.crc32(start[12:]) or length > LONGEST_HEADER:
        raise Misbuilt
    file.seek(START.size + at)
    header = file.read(length)
    if zlib.crc32(header) != of_header:
        raise Misbuilt
    return header


def unpacked_header(folder: Folder, data: bytes, coder: Coder | None) -> bytes:
    """The header that is packed in a folder, of its bytes without their lock and the coder that is
    left. Raises Misbuilt, also where the checksum is wrong.
    """
    if coder is not None and coder.method != _COPY:
        data = _without_lzma(data, coder)
    is_whole = folder.checksum in {None, zlib.crc32(data)}  # py7zr notes none
    if not is_whole or data[:1] not in {bytes([HEADER]), bytes([ENCODED])}:
        raise Misbuilt
    return data


def _without_lzma(data: bytes, coder: Coder) -> bytes:
    if coder.size > LONGEST_HEADER or coder.method not in {_LZMA, _LZMA2} or not coder.settings:
        raise Misbuilt
    told: dict[str, int] = {"id": lzma.FILTER_LZMA2, "dict_size": LONGEST_HEADER}
    if coder.method == _LZMA:
        rest, lc = divmod(coder.settings[0], 9)
        pb, lp = divmod(rest, 5)
        size = min(int.from_bytes(coder.settings[1:5], "little"), LONGEST_HEADER)
        told = {"id": lzma.FILTER_LZMA1, "lc": lc, "lp": lp, "pb": pb, "dict_size": max(size, 4096)}
    try:
        inflater = lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=[told])
        return inflater.decompress(data, coder.size)
    except (lzma.LZMAError, ValueError) as error:
        raise Misbuilt from error
