"""Packs of every kind, as people's programs make them; rar by hand, for no free program does."""

from __future__ import annotations

import base64
import hashlib
import io
import struct
import tarfile
import zlib
from collections.abc import Sequence
from ctypes.util import find_library
from pathlib import Path
from typing import Any
from zipfile import ZIP_STORED, ZipFile

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from curation.sources.asking import Answers
from curation.sources.kinds.folder import files_in_folder, files_of_pack
from curation.sources.kinds.found import FoundFile
from curation.sources.kinds.packs import with_packs_opened
from curation.sources.kinds.unpacking import Unpacking
from curation.sources.problem_codes import ProblemCode
from curation.sources.problems import Unusable
from curation.unpacking.rar5 import number

needs_libarchive = pytest.mark.skipif(
    find_library("archive") is None, reason="libarchive (libarchive13) is not installed"
)

GUESSING = Answers(takes_guesses=True)


def contents(path: Path, answers: Answers = GUESSING) -> dict[str, bytes | ProblemCode]:
    """Every path in a pack, or in the packs of a folder, with its bytes or what is wrong."""
    found = files_in_folder(path) if path.is_dir() else files_of_pack(path)
    parent = path if path.is_dir() else path.parent
    unpacking = Unpacking(parent.with_name(f"{parent.name}-unpacked"), answers)
    return {file.path: _bytes_or_problem(file) for file in with_packs_opened(found, unpacking)}


def _bytes_or_problem(file: FoundFile) -> bytes | ProblemCode:
    try:
        return file.read()
    except Unusable as unusable:
        return unusable.problem


def make_zip(
    path: Path, members: dict[str, bytes] | dict[bytes, bytes], *, packing: int = ZIP_STORED
) -> Path:
    """A zip; names that are bytes are written as they are, as old software does."""
    names = [
        name if isinstance(name, str) else f"{n:0{len(name)}d}" for n, name in enumerate(members)
    ]
    with ZipFile(path, "w", packing) as archive:
        for name, data in zip(names, members.values(), strict=True):
            archive.writestr(name, data)
    raw = path.read_bytes()
    for name, wanted in zip(names, members, strict=True):
        if isinstance(wanted, bytes):
            assert raw.count(name.encode()) == 2, "the place-holder stands for nothing else"
            raw = raw.replace(name.encode(), wanted)
    path.write_bytes(raw)
    return path


def make_tar(path: Path, members: dict[str, bytes], *, encoding: str = "utf-8") -> Path:
    """A tar, compressed as its suffix says."""
    mode: Any = "w:" + {".gz": "gz", ".xz": "xz", ".bz2": "bz2"}.get(path.suffix, "")
    with tarfile.open(path, mode, format=tarfile.GNU_FORMAT, encoding=encoding) as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return path


def make_7z(path: Path, members: dict[str, bytes]) -> Path:
    return _by_libarchive(path, "7zip", members)


LOCKED_MEMBERS = {"1.jpg": b"one", "微博/10.jpg": b"ten"}
LOCKED_PASSWORD = "提取码 8k3d"
LOCKED_7Z = {
    "names open": (
        "N3q8ryccAARQai54mwAAAAAAAAAiAAAAAAAAAAVt4Y5kbO8KNkdnUsr/LcfeHFioAACBMweuD87ysgwHsMPa"
        "919FiphISvl556x/LeRaNkiQp+jAf7EK5bUR5SOPPjoseVN8fDIaXEczwmqF/NWq/FlzAOzgwFT70uRa0h4P"
        "Gs3t1hYWUPJY18DXSVvzf2ihohl1ZH6W/aS3jRE21VR0heQZ1uVQcHdwCo5n4vlc2tVdgrWD1YoFQAAAABcG"
        "EAEJgIsABwsBAAEjAwEBBV0AEAAADICqCgH4QCSoAAA="
    ),
    "names locked": (
        "N3q8ryccAATnVFanoAAAAAAAAAA+AAAAAAAAABcHg1t6GooE9rZ3yLkL0wAgmfPcl8qNoOQJkOPFsX/7Csue"
        "rnAGAW3VCMB83od6Oe0vkJeUJLqsvrwMmNYncIGVde+0/4KYFj8VsXoxissH2vo0zrCiqV081zaiJ35cvGa8"
        "3yKkNYgMXGbh+YFE9R3KZERkWNygzajGxdLnH8SBQf8RvcRj3j9Mwhnx78sdLIM0NoLSvGl3nRxnOdZvH+tM"
        "/5o9FwYQAQmAkAAHCwEAAiQG8QcBElMPWv3nEB1d93UydkLvdFgT0CMDAQEFXQAQAAABAAyAjICqCgHq29N8"
        "AAA="
    ),
    "stored, not solid": (
        "N3q8ryccAAQ6L14CuwAAAAAAAAAiAAAAAAAAAFPujehVhcmqrE/3ATCYYQvE7RJ6iLm+m1QZZkDgY6rTSe32"
        "RAAAgTMHrjGZYgmQFdYeIaV7ES8WpYzUr0YYQAfqj07FUyvDyJ2/Pwi9DQM8Eoi7gho6yn1FYlmW1MTuOQku"
        "w2nI+5AxNLL+KlxVBzH7oFdmlHk9hOk0iMDbGYqAq1coTF17qNEGJaJDGpg2Jn1NByQ2BCURM/t8fYM7cQ6Q"
        "rxBjrbuyVmpc8FNbcnarXQZVHqYH506Dr7cc+gEAFwYgAQmAmwAHCwEAASMDAQEFXQAQAAAMgMoKAUsupN8A"
        "AA=="
    ),
}
"""7z with these members under this password, as 7-Zip 26.02 made them: `7zz a -p…`, with `-mhe=on`
and with `-mx0 -ms=off`."""


def make_locked_7z(path: Path, how: str) -> Path:
    path.write_bytes(base64.b64decode(LOCKED_7Z[how]))
    return path


def make_locked_zip(
    path: Path, members: dict[str, bytes], password: str, *, how: str = "aes256"
) -> Path:
    """A zip whose members are locked, by AES or in the `traditional` way."""
    return _by_libarchive(path, "zip", members, options=f"encryption={how}", passphrase=password)


def _by_libarchive(path: Path, kind: str, members: dict[str, bytes], **options: str) -> Path:
    import libarchive  # noqa: PLC0415, fails without the library

    with libarchive.file_writer(str(path), kind, **options) as archive:
        for name, data in members.items():
            archive.add_file_from_memory(name, len(data), data)
    return path


def cut(path: Path, size: int) -> list[Path]:
    """The file as `name.001`, `name.002` and so on; the whole is gone."""
    data = path.read_bytes()
    parts = []
    for n, at in enumerate(range(0, len(data), size), start=1):
        parts.append(path.with_name(f"{path.name}.{n:03d}"))
        parts[-1].write_bytes(data[at : at + size])
    path.unlink()
    return parts


def make_rar(path: Path, members: dict[str, bytes]) -> Path:
    """A rar of version 5 that stores its members, as `rar a -m0` writes it.

    The format: https://www.rarlab.com/technote.htm
    """
    blocks = [_rar_file(name, data, data, 0) for name, data in members.items()]
    path.write_bytes(
        _RAR + _rar_block(1, 0, number(0)) + b"".join(blocks) + _rar_block(5, 0, number(0))
    )
    return path


def make_locked_rar(
    path: Path, members: dict[str, bytes], password: str, *, names_too: bool = False
) -> Path:
    """The same with a password: `rar a -m0 -p`, or `-hp` where the names are locked too."""
    salt, start, rounds = b"salt of 16 bytes", b"start of 16 byte", 15
    secret = password.encode()
    key = hashlib.pbkdf2_hmac("sha256", secret, salt, 1 << rounds)
    check = _rar_check(secret, salt, rounds)
    blocks = []
    for name, data in members.items():
        record = number(1) + number(0) + number(3) + bytes([rounds]) + salt + start + check
        locked = _aes(key, start, data)
        extra = number(len(record)) + record
        blocks.append(_rar_file(name, locked, data, 0, extra=extra, checksum=12345))
    blocks = [_rar_block(1, 0, number(0)), *blocks, _rar_block(5, 0, number(0))]
    if names_too:
        lock = number(0) + number(1) + bytes([rounds]) + salt + check
        sizes = [len(data) + -len(data) % 16 for data in members.values()]
        blocks = [
            _rar_block(4, 0, lock),
            *(
                start + _aes(key, start, block[: len(block) - size]) + block[len(block) - size :]
                for block, size in zip(blocks, [0, *sizes, 0], strict=True)
            ),
        ]
    path.write_bytes(_RAR + b"".join(blocks))
    return path


def _rar_check(secret: bytes, salt: bytes, rounds: int) -> bytes:
    folded = bytearray(8)
    for n, byte in enumerate(hashlib.pbkdf2_hmac("sha256", secret, salt, (1 << rounds) + 32)):
        folded[n % 8] ^= byte
    return bytes(folded) + hashlib.sha256(folded).digest()[:4]


def _aes(key: bytes, start: bytes, data: bytes) -> bytes:
    encryptor = Cipher(algorithms.AES(key), modes.CBC(start)).encryptor()
    return encryptor.update(data + bytes(-len(data) % 16)) + encryptor.finalize()


def make_rar_in_two(
    folder: Path, stem: str, name: str, data: bytes, *, is_locked: bool = False
) -> list[Path]:
    """`stem.part1.rar` and `stem.part2.rar`, the one member lying across both; where it is locked,
    with a password that nobody knows."""
    record = number(1) + number(0) + number(1) + bytes([15]) + b"salt of 16 bytes" * 2
    extra = number(len(record)) + record if is_locked else b""
    parts = [folder / f"{stem}.part{n}.rar" for n in (1, 2)]
    half = len(data) // 2
    parts[0].write_bytes(
        _RAR
        + _rar_block(1, 0, number(1))
        + _rar_file(name, data[:half], data, 0x10, extra=extra)
        + _rar_block(5, 0, number(1))
    )
    parts[1].write_bytes(
        _RAR
        + _rar_block(1, 0, number(3) + number(1))
        + _rar_file(name, data[half:], data, 0x08, extra=extra)
        + _rar_block(5, 0, number(0))
    )
    return parts


_RAR = b"Rar!\x1a\x07\x01\x00"


def _rar_file(
    name: str,
    piece: bytes,
    whole: bytes,
    flags: int,
    *,
    extra: bytes = b"",
    checksum: int | None = None,
) -> bytes:
    if checksum is None:
        checksum = zlib.crc32(piece if flags & 0x10 else whole)
    body = number(0x04) + number(len(whole)) + number(0o100644)
    body += struct.pack("<L", checksum) + number(0) + number(1)
    body += number(len(name.encode())) + name.encode()
    return _rar_block(2, flags | 0x02 | (0x01 if extra else 0), body, extra, piece)


def _rar_block(kind: int, flags: int, body: bytes, extra: bytes = b"", data: bytes = b"") -> bytes:
    header = number(kind) + number(flags)
    if flags & 0x01:
        header += number(len(extra))
    if flags & 0x02:
        header += number(len(data))
    header += body + extra
    sized = number(len(header)) + header
    return struct.pack("<L", zlib.crc32(sized)) + sized + data


def make_old_rar(
    path: Path, members: dict[str, bytes], *, is_locked: bool = False, names_too: bool = False
) -> Path:
    """A rar of version 4, stored, as `rar a -ma4 -m0` writes it, with `-p` or `-hp` where locked.

    What is locked is any bytes here, for nobody opens it.
    """
    blocks = [_old_rar_block(0x73, 0x80 if names_too else 0, bytes(6))]
    for name, data in members.items():
        raw = name.encode()
        told = (len(data), 3, zlib.crc32(data), 0x21, 29, 0x30, len(raw), 0o100644)
        about = struct.pack("<LLBLLBBHL", len(data), *told) + raw
        flags = 0x8000 | (0x404 if is_locked else 0)
        blocks.append(_old_rar_block(0x74, flags, about + (b"8 salted" if is_locked else b"")))
        blocks.append(data)
    blocks.append(_old_rar_block(0x7B, 0x4000, b""))
    if names_too:
        blocks[1:] = [b"8 salted", bytes(byte ^ 0x5A for byte in b"".join(blocks[1:]))]
    path.write_bytes(b"Rar!\x1a\x07\x00" + b"".join(blocks))
    return path


def _old_rar_block(kind: int, flags: int, rest: bytes) -> bytes:
    header = struct.pack("<BHH", kind, flags, 7 + len(rest)) + rest
    return struct.pack("<H", zlib.crc32(header) & 0xFFFF) + header


def span(path: Path, size: int) -> Sequence[Path]:
    """A zip of stored members as `zip -s` spans it: name.z01, name.z02, … and name.zip last."""
    with ZipFile(path) as archive:
        members = [(info.filename, archive.read(info)) for info in archive.infolist()]
    whole, table = bytearray(b"PK\x07\x08"), b""
    for name, data in members:
        raw, at = name.encode(), len(whole)
        told = (0x800, 0, 0, 0x21, zlib.crc32(data), len(data), len(data), len(raw))
        whole += struct.pack("<4sH4H3L2H", b"PK\x03\x04", 20, *told, 0) + raw + data
        table += (
            struct.pack(
                "<4s2H4H3L5H2L", b"PK\x01\x02", 20, 20, *told, 0, 0, at // size, 0, 0, at % size
            )
            + raw
        )
    begin = len(whole)
    last = (begin + len(table)) // size
    whole += table + struct.pack(
        "<4s4H2LH",
        *(b"PK\x05\x06", last, begin // size, len(members), len(members)),
        *(len(table), begin % size, 0),
    )
    pieces = [bytes(whole[at : at + size]) for at in range(0, (last + 1) * size, size)]
    pieces[-1] = bytes(whole[last * size :])
    path.unlink()
    parts = [path.with_suffix(f".z{n:02d}") for n in range(1, len(pieces))] + [path]
    for part, piece in zip(parts, pieces, strict=True):
        part.write_bytes(piece)
    return parts
