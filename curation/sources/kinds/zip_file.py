"""Reads a zip file without unpacking it to disk, and without trusting it."""

from __future__ import annotations

import stat
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path, PurePosixPath
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from curation.sources.kinds.found import FoundFile, in_order
from curation.sources.kinds.names import decode_names, is_system_file
from curation.sources.problems import ProblemCode, Unusable

MAX_RATIO = 200
"""Pictures hardly shrink in a zip; even an empty white bitmap shrinks less than bombs do."""
RATIO_MATTERS_FROM_BYTES = 1024 * 1024

_ENCRYPTED, _NAME_IS_UTF8 = 0x1, 0x800
_UNICODE_PATH = 0x7075
_MADE_ON_WINDOWS = {0, 10, 14}


@contextmanager
def files_in_zip(file: Path) -> Iterator[list[FoundFile]]:
    """All files in a zip, in natural order, readable while the context lasts.

    Raises Unusable when it is not a zip or holds too many files.
    """
    if not file.is_file():
        raise Unusable(ProblemCode.GONE)
    try:
        archive = ZipFile(file)
    except (BadZipFile, UnicodeDecodeError, OSError, struct.error, ValueError) as error:
        raise Unusable(ProblemCode.NOT_A_ZIP) from error
    with archive:
        yield in_order(list(_members(archive)))


def _members(archive: ZipFile) -> Iterator[FoundFile]:
    infos = archive.infolist()
    for info, path in zip(infos, names_in_zip(infos), strict=True):
        if path.endswith("/") or is_system_file(path):
            continue
        yield FoundFile(
            path=path,
            size=info.file_size,
            problem=_problem(info, path),
            open_bytes=partial(_read, archive, info),
        )


def names_in_zip(infos: list[ZipInfo]) -> list[str]:
    """The members' paths as their maker saw them, with `/`.

    Zips made by older Chinese software hold GBK names and say nothing of it.
    """
    # Without the flag zipfile decodes by cp437, which loses nothing and can be undone.
    unsure = [info for info in infos if not info.flag_bits & _NAME_IS_UTF8]
    raw_names = [info.orig_filename.encode("cp437") for info in unsure]
    guessed = {
        id(info): _unicode_path(info.extra, raw) or name
        for info, raw, name in zip(unsure, raw_names, decode_names(raw_names), strict=True)
    }
    return [_tidy(guessed.get(id(info), info.orig_filename), info) for info in infos]


def _tidy(name: str, info: ZipInfo) -> str:
    name = name.split("\x00", 1)[0]
    return name.replace("\\", "/") if info.create_system in _MADE_ON_WINDOWS else name


def _unicode_path(extra: bytes, raw: bytes) -> str | None:
    """The UTF-8 name that some packers add beside the old one (field 0x7075 of the zip format)."""
    while len(extra) >= 4:
        kind, length = struct.unpack_from("<HH", extra)
        body, extra = extra[4 : 4 + length], extra[4 + length :]
        if kind == _UNICODE_PATH and len(body) > 5 and body[0] == 1:
            belongs = struct.unpack_from("<L", body, 1)[0] == zlib.crc32(raw)
            return body[5:].decode("utf-8", errors="replace") if belongs else None
    return None


def _problem(info: ZipInfo, path: str) -> ProblemCode | None:
    parts = PurePosixPath(path)
    if parts.is_absolute() or ".." in parts.parts or path[1:2] == ":":
        return ProblemCode.UNSAFE_PATH
    if stat.S_ISLNK(info.external_attr >> 16):
        return ProblemCode.OUTSIDE
    if info.flag_bits & _ENCRYPTED:
        return ProblemCode.ENCRYPTED
    if info.compress_type not in {ZIP_STORED, ZIP_DEFLATED}:
        # bzip2 and LZMA may grow a kilobyte into gigabytes, and nobody packs pictures with them.
        return ProblemCode.UNKNOWN_PACKING
    is_tight = info.file_size > MAX_RATIO * max(info.compress_size, 1)
    if is_tight and info.file_size > RATIO_MATTERS_FROM_BYTES:
        return ProblemCode.BOMB
    return None


def _read(archive: ZipFile, info: ZipInfo) -> bytes:
    """One member's bytes: never more than it declares, and only if they match its checksum."""
    try:
        with archive.open(info) as member:
            data = member.read(info.file_size + 1)
    except NotImplementedError as error:
        raise Unusable(ProblemCode.UNKNOWN_PACKING) from error
    except (BadZipFile, EOFError, OSError, RuntimeError, zlib.error) as error:
        raise Unusable(ProblemCode.DAMAGED) from error
    if len(data) != info.file_size:
        raise Unusable(ProblemCode.DAMAGED)
    return data
