"""File names: how they are decoded, which are nobody's pictures, in what order people list them.

A name is kept exactly as given. Nothing here changes its Unicode form (NFC or NFD), its case or
its spaces.
"""

from __future__ import annotations

import re
import unicodedata

_SYSTEM_NAMES = {"thumbs.db", "ehthumbs.db", "desktop.ini", "__macosx", "$recycle.bin", "@eadir"}


def decode_names(raw_names: list[bytes]) -> list[str]:
    """The texts of names that lie together and whose encoding nobody recorded.

    Each is UTF-8 when it is valid UTF-8, as on every modern system; else GB18030, which Chinese
    Windows writes; else cp437, which reads any bytes and is what the zip format says. Short
    Chinese names in GBK can be valid UTF-8 by accident (图片 reads as ͼƬ): next to a name that
    certainly is not UTF-8 they are taken for what they are.
    """
    utf8 = [_decoded(raw, "utf-8") for raw in raw_names]
    some_are_older = None in utf8
    return [
        text
        if text is not None and not (some_are_older and _may_be_gbk(text))
        else _decoded(raw, "gb18030") or raw.decode("cp437")
        for raw, text in zip(raw_names, utf8, strict=True)
    ]


def _decoded(raw: bytes, encoding: str) -> str | None:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError:
        return None


def _may_be_gbk(text: str) -> bool:
    """Whether this UTF-8 text uses only such characters as GBK's byte pairs can look like."""
    return any(ord(letter) >= 0x80 for letter in text) and max(map(ord, text)) < 0x800


def is_system_file(path: str) -> bool:
    """Whether a file, or a folder it lies in, was put there by a computer and not by a person."""
    parts = [part for part in path.split("/") if part not in {".", ".."}]
    return any(part.startswith(".") or part.casefold() in _SYSTEM_NAMES for part in parts)


def natural_key(path: str) -> tuple[object, str]:
    """Sorts paths as people do: `2.jpg` before `10.jpg`, folder by folder, always the same way."""
    folded = unicodedata.normalize("NFC", path).casefold()
    return tuple(_part_key(part) for part in folded.split("/")), path


def _part_key(part: str) -> tuple[tuple[int, int, str], ...]:
    pieces = re.split(r"(\d+)", part)
    return tuple(_number_key(p) if p.isdecimal() else (1, 0, p) for p in pieces if p)


def _number_key(digits: str) -> tuple[int, int, str]:
    """Sorts by value, of however many thousand digits: the longer number is the larger one."""
    if not digits.isascii():
        digits = "".join(str(unicodedata.decimal(digit)) for digit in digits)
    digits = digits.lstrip("0")
    return 0, len(digits), digits


def storable(path: str) -> str:
    """The path, with a mark in place of what no database keeps: lone surrogates and NUL."""
    return path.encode("utf-8", "replace").decode().replace("\x00", "?")
