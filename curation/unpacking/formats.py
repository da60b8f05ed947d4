"""Which files are packs: told by how they begin, whatever they are called."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path

from curation.unpacking.joined import open_joined

HEAD_BYTES = 512


class PackFormat(StrEnum):
    ZIP = "zip"
    RAR = "rar"
    SEVEN_ZIP = "7z"
    TAR = "tar"
    """Also one that is compressed as a whole: .tar.gz, .tar.xz, .tar.bz2, .tar.zst."""
    FOREIGN = "foreign"
    """A pack for certain, of a kind that nobody here reads."""


_BEGINNINGS: tuple[tuple[int, bytes, PackFormat], ...] = (
    (0, b"PK\x03\x04", PackFormat.ZIP),
    (0, b"PK\x05\x06", PackFormat.ZIP),
    (0, b"PK\x07\x08", PackFormat.ZIP),
    (0, b"Rar!\x1a\x07", PackFormat.RAR),
    (0, b"7z\xbc\xaf\x27\x1c", PackFormat.SEVEN_ZIP),
    (257, b"ustar", PackFormat.TAR),
    (0, b"\x1f\x8b\x08", PackFormat.TAR),
    (0, b"BZh", PackFormat.TAR),
    (0, b"\xfd7zXZ\x00", PackFormat.TAR),
    (0, b"\x28\xb5\x2f\xfd", PackFormat.TAR),
    (0, b"MSCF\x00", PackFormat.FOREIGN),
    (0, b"ALZ\x01", PackFormat.FOREIGN),
    (0, b"EGGA", PackFormat.FOREIGN),
    (7, b"**ACE**", PackFormat.FOREIGN),
    (2, b"-lh", PackFormat.FOREIGN),
    (0, b"StuffIt", PackFormat.FOREIGN),
)
"""Where in the file, what stands there, what it is then."""

_NO_PACKS = (
    *(".docx", ".xlsx", ".pptx", ".odt", ".ods", ".odp", ".epub", ".pages", ".numbers", ".key"),
    *(".jar", ".apk", ".ipa", ".xpi", ".whl", ".kmz", ".sketch", ".kra", ".ora", ".svgz"),
)
"""Zips inside, and to people one document or program."""

_PACKS = re.compile(
    r".+\.(zip|rar|7z|tar|tgz|gz|xz|bz2|zst|cbz|cbr|cb7|z\d\d|[r-v]\d\d|\d{3,5})",
    re.IGNORECASE | re.DOTALL | re.ASCII,
)
_FILMS = re.compile(
    r".+\.(mp4|m4v|mov|mkv|webm|avi|ts|mts|m2ts|mpg|mpeg|vob|wmv|flv|f4v|3gp|rm|rmvb|ogv)",
    re.IGNORECASE | re.DOTALL | re.ASCII,
)


def format_of(name: str, head: bytes) -> PackFormat | None:
    """What kind of pack begins with `head`, its first 512 bytes; None for what is no pack.

    A picture with a zip behind it is a picture. `name` only tells documents from packs.
    """
    if name.lower().endswith(_NO_PACKS):
        return None
    for at, beginning, pack_format in _BEGINNINGS:
        if head[at : at + len(beginning)] == beginning:
            return pack_format
    return None


def format_of_files(name: str, parts: Sequence[Path]) -> PackFormat | None:
    """The same of a file on the disk, which may lie there in several parts. Raises OSError."""
    with open_joined(parts) as file:
        return format_of(name, file.read(HEAD_BYTES))


def is_called_pack(name: str) -> bool:
    """Whether the name says that it is a pack or a part of one."""
    return _PACKS.fullmatch(name) is not None


def is_read_from_disk(name: str) -> bool:
    """Whether the name says that it is a pack, a part of one, or a film.

    Such a file may be larger than any picture, and has to lie on the disk to be looked into.
    """
    return is_called_pack(name) or _FILMS.fullmatch(name) is not None
