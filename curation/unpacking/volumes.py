"""Split packs: which files are parts of one pack, in what order, and which are missing."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

_MOST_PARTS = 2000
"""A part of a larger number is none, so that one name does not make a long list of missing ones."""


@dataclass(frozen=True, kw_only=True)
class SplitPack:
    """One pack that was sent as several files."""

    name: str
    """What the whole would be called: `pack.zip`."""
    parts: tuple[str, ...]
    """The names of its files, first to last."""
    missing: tuple[str, ...]
    """Names of files that must be there too. That the last one is missing no name tells."""


@dataclass(frozen=True)
class _Part:
    whole: str
    number: int
    """From 0 on."""
    spelt: Callable[[int], str]
    """What the part of another number is called."""
    last: str = ""
    """The part without a number, behind all others, where there must be one."""


def split_packs(names: Sequence[str]) -> list[SplitPack]:
    """The split packs among files of one or many folders, in the order of their first parts."""
    spelt = {name.casefold(): name for name in reversed(names)}
    groups: dict[str, dict[int, tuple[str, _Part]]] = defaultdict(dict)
    for name in names:
        if part := _part(name, spelt):
            groups[part.whole.casefold()].setdefault(part.number, (name, part))
    return [_together(group, spelt) for group in groups.values()]


def _together(group: dict[int, tuple[str, _Part]], spelt: dict[str, str]) -> SplitPack:
    _name, part = group[min(group)]
    parts = [group[number][0] for number in sorted(group)]
    missing = [part.spelt(n) for n in range(max(group) + 1) if n not in group]
    if last := spelt.get(part.last.casefold()):
        parts.append(last)
    elif part.last:
        missing.append(part.last)
    return SplitPack(name=part.whole, parts=tuple(parts), missing=tuple(missing))


def _part(name: str, spelt: dict[str, str]) -> _Part | None:
    for pattern, read in _SCHEMES:
        if match := pattern.fullmatch(name):
            part = read(match, spelt)
            return part if part and 0 <= part.number < _MOST_PARTS else None
    return None


def _numbered(match: re.Match[str], spelt: dict[str, str]) -> _Part:
    """`pack.7z.001`, `pack.zip.002`: the file cut into pieces."""
    whole, digits = match["whole"], match["digits"]
    return _Part(whole, int(digits) - 1, lambda n: f"{whole}.{n + 1:0{len(digits)}d}")


def _rar_part(match: re.Match[str], spelt: dict[str, str]) -> _Part:
    """`pack.part1.rar`, or `pack.part01.rar` where there are more."""
    stem, digits = match["stem"], match["digits"]
    width = len(digits) if digits.startswith("0") else 1
    return _Part(f"{stem}.rar", int(digits) - 1, lambda n: f"{stem}.part{n + 1:0{width}d}.rar")


def _old_rar(match: re.Match[str], spelt: dict[str, str]) -> _Part:
    """`pack.r00`, `pack.r01`, up to `pack.s00` and on: the second, the third …"""
    letter, digits = match["letter"].lower(), match["digits"]
    number = (ord(letter) - ord("r")) * 100 + int(digits) + 1
    return _Part(f"{match['stem']}.rar", number, _old_rar_names(match["stem"]))


def _first_old_rar(match: re.Match[str], spelt: dict[str, str]) -> _Part | None:
    """`pack.rar`, where `pack.r00` lies beside it."""
    names = _old_rar_names(match["stem"])
    is_split = any(names(n).casefold() in spelt for n in (1, 2))
    return _Part(f"{match['stem']}.rar", 0, names) if is_split else None


def _old_rar_names(stem: str) -> Callable[[int], str]:
    def spelt(n: int) -> str:
        return f"{stem}.{chr(ord('r') + (n - 1) // 100)}{(n - 1) % 100:02d}" if n else f"{stem}.rar"

    return spelt


def _spanned_zip(match: re.Match[str], spelt: dict[str, str]) -> _Part:
    """`pack.z01`, `pack.z02`, and last of all `pack.zip`."""
    stem = match["stem"]
    whole = f"{stem}.zip"
    return _Part(whole, int(match["digits"]) - 1, lambda n: f"{stem}.z{n + 1:02d}", last=whole)


_SCHEMES = [
    (re.compile(pattern, re.IGNORECASE | re.DOTALL | re.ASCII), read)
    for pattern, read in (
        (r"(?P<whole>.+\.(?:zip|7z|rar|tar|tar\.\w{2,3}|tgz))\.(?P<digits>\d{3,5})", _numbered),
        (r"(?P<stem>.+)\.part(?P<digits>\d{1,5})\.rar", _rar_part),
        (r"(?P<stem>.+)\.(?P<letter>[r-v])(?P<digits>\d\d)", _old_rar),
        (r"(?P<stem>.+)\.rar", _first_old_rar),
        (r"(?P<stem>.+)\.z(?P<digits>\d\d)", _spanned_zip),
    )
]
