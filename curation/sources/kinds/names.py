"""File names: how they are decoded, and in what order people list them.

A name is kept exactly as given. Nothing here changes its Unicode form (NFC or NFD), its case or
its spaces.
"""

from __future__ import annotations

import re
import unicodedata

from curation.sources.encodings import guess_of, read_name, unsure_of


def decode_names(raw_names: list[bytes]) -> list[str]:
    """The texts of names that lie together and whose encoding nobody recorded, and nobody asks for.

    Each is UTF-8 when it plainly is, as on every modern system; else in the encoding that all
    the others are most likely written in.
    """
    unsure = set(unsure_of(raw_names))
    encoding = guess_of([raw_names[n] for n in sorted(unsure)]) if unsure else None
    return [
        read_name(raw, encoding) if n in unsure else raw.decode() for n, raw in enumerate(raw_names)
    ]


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
