"""What an image's file is called outside Winnow: `00042_原名.jpg`, safe on every system."""

from __future__ import annotations

import re
import unicodedata

_MAX_BYTES = 200
"""File systems allow 255; some room is left for suffixes that tools append."""

_LONGEST_SUFFIX = 10
_UNSAFE = frozenset('/\\:*?"<>|')
"""Separators, and what Windows refuses in a file name."""


_SUFFIXES: dict[str, tuple[str, ...]] = {
    "JPEG": ("jpg", "jpeg", "jpe", "jfif"),
    "PNG": ("png", "apng"),
    "WEBP": ("webp",),
    "GIF": ("gif",),
    "BMP": ("bmp", "dib"),
    "TIFF": ("tif", "tiff"),
    "HEIF": ("heic", "heif", "hif"),
    "AVIF": ("avif",),
}
"""By format, those that say it; the first is given to files whose own says something else."""
_OF_PICTURES = tuple(suffix for suffixes in _SUFFIXES.values() for suffix in suffixes)


def export_name(number: int, name: str, format: str) -> str:  # noqa: A002, as in `Image`
    """The image's number and original name, with what no file system takes replaced by `_`.

    Its suffix fits the bytes, which are of that format: a wrong one, such as `.jpg_large` or `.jpg`
    on a WebP, is replaced, and where there is none one is added. The number makes the name unique
    within a subject.
    """
    prefix = f"{number:05d}_"
    safe = "".join("_" if _is_unsafe(character) else character for character in name)
    # Windows drops spaces and dots at the end of a name, and then finds it no more.
    stem, ending = _fitting(safe.rstrip(" ."), format)
    room = _MAX_BYTES - len(prefix) - len(ending.encode())
    stem = stem.encode()[:room].decode(errors="ignore")
    return (prefix + stem + ending).rstrip(" .")


def _fitting(name: str, format: str) -> tuple[str, str]:  # noqa: A002
    """The name without its suffix, and one that says its format; its own where that does."""
    suffixes = _SUFFIXES.get(format, ())
    stem, dot, suffix = name.rpartition(".")
    if not suffixes or (dot and suffix.casefold() in suffixes):
        return (stem, f".{suffix}") if dot and len(suffix) <= _LONGEST_SUFFIX else (name, "")
    return (stem if dot and _is_of_pictures(suffix) else name), f".{suffixes[0]}"


def _is_of_pictures(suffix: str) -> bool:
    """Whether it is a suffix of pictures, also with what sites hang behind: `jpg_large`."""
    found = re.match(r"[a-z]+", suffix.casefold())
    return found is not None and found.group() in _OF_PICTURES


def _is_unsafe(character: str) -> bool:
    # Cc are control characters, Cf invisible marks that can turn the direction of a name,
    # Cs halves of a character that UTF-8 cannot write, Zl and Zp line breaks.
    return character in _UNSAFE or unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"}
