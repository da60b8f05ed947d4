"""What an image's file is called outside Winnow: `00042_原名.jpg`, safe on every system."""

from __future__ import annotations

import unicodedata

_MAX_BYTES = 200
"""File systems allow 255; some room is left for suffixes that tools append."""

_UNSAFE = frozenset('/\\:*?"<>|')
"""Separators, and what Windows refuses in a file name."""


def export_name(number: int, name: str) -> str:
    """The image's number and original name, with what no file system takes replaced by `_`.

    The number makes it unique within a subject.
    """
    prefix = f"{number:05d}_"
    safe = "".join("_" if _is_unsafe(character) else character for character in name)
    stem, dot, suffix = safe.rpartition(".")
    if not dot or len(suffix) > 10:
        stem, suffix = safe, ""
    # Windows drops spaces and dots at the end of a name, and then finds it no more.
    ending = f".{suffix}".rstrip(" .") if suffix else ""
    room = _MAX_BYTES - len(prefix) - len(ending.encode())
    stem = stem.encode()[:room].decode(errors="ignore")
    return (prefix + stem + ending).rstrip(" .")


def _is_unsafe(character: str) -> bool:
    # Cc are control characters, Cf invisible marks that can turn the direction of a name,
    # Cs halves of a character that UTF-8 cannot write, Zl and Zp line breaks.
    return character in _UNSAFE or unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"}
