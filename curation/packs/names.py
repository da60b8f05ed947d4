"""What the names in an offline pack mean: the number of a picture, the reason of a folder.

Pure, and strict: what does not plainly say one thing says nothing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from curation.manual.models import ManualReason
from curation.manual.reasons import Reason
from curation.manual.verdicts import Verdict

README_NAMES = ("README.txt", "说明.txt")

_NUMBER = re.compile(r"[0-9]{1,9}")
_COPY = re.compile(
    r"([0-9]{1,9})\s*"
    r"(?:\([0-9]+\)|\s[0-9]+|[-_ ]*(?:copy|副本|复制|複製|拷贝|拷貝)\s*(?:\(?[0-9]+\)?)?)",
    re.IGNORECASE,
)
"""`00042 (1)`, `00042 2`, `00042 - Copy`, `00042 副本 2`: how systems name a second file."""
_UNSAFE = re.compile(r'[/\\:*?"<>|\x00-\x1f]')


@dataclass(frozen=True, slots=True)
class Named:
    """A file's name, read."""

    number: int
    is_copy: bool = False
    """Whether a system gave it, beside another of that number."""


@dataclass(frozen=True, slots=True)
class Said:
    """What lying in a place says of a picture. `later` says nothing of it yet."""

    verdict: Verdict | None
    reason: Reason | None = None


KEPT, UNSURE, LATER = Said(Verdict.KEEP), Said(Verdict.UNSURE), Said(None)
UNSURE_FOLDER, LATER_FOLDER = "不确定 unsure", "以后再筛 later"
_OTHER_FOLDERS = {"不确定": UNSURE, "unsure": UNSURE, "以后再筛": LATER, "later": LATER}
_OTHER_FOLDERS |= {UNSURE_FOLDER: UNSURE, LATER_FOLDER: LATER}


def file_name(number: int, suffix: str) -> str:
    """What the picture is called in a pack."""
    return f"{number:05d}.{suffix}"


def number_in_name(name: str) -> Named | None:
    """The number that the name says, whatever its suffix; None where it says none."""
    stem, dot, suffix = unicodedata.normalize("NFKC", name).strip().rpartition(".")
    if not dot or not suffix.isalnum() or suffix.isdecimal():
        stem = f"{stem}{dot}{suffix}"
    if _NUMBER.fullmatch(stem):
        return Named(int(stem))
    copied = _COPY.fullmatch(stem)
    return Named(int(copied.group(1)), is_copy=True) if copied else None


def folder_name(reason: ManualReason) -> str:
    """What the prepared folder of a reason is called: its number and its titles."""
    titles = [reason.title_zh, reason.title_en]
    name = " ".join([str(reason.position), *dict.fromkeys(titles)])
    return _UNSAFE.sub("_", name).strip(" .")


def folders_of(reasons: Iterable[ManualReason]) -> dict[str, Said]:
    """What each name of a folder says, by its `folded` form: title, number, or both.

    A name that would say two things says nothing.
    """
    meanings: dict[str, set[Said]] = {}
    for name, said in _OTHER_FOLDERS.items():
        meanings.setdefault(folded(name), set()).add(said)
    for each in reasons:
        said = Said(Verdict.REJECT, Reason(each.code))
        for name in _names_of(each):
            meanings.setdefault(folded(name), set()).add(said)
    return {name: said.pop() for name, said in meanings.items() if len(said) == 1}


def _names_of(reason: ManualReason) -> list[str]:
    zh, en, code, number = reason.title_zh, reason.title_en, reason.code, str(reason.position)
    titles = [zh, en, code, f"{zh} {en}", f"{en} {zh}"]
    return [number, *titles, *(f"{number} {title}" for title in titles)]


def said_by_folders(folders: Iterable[str], meanings: Mapping[str, Said]) -> Said | None:
    """What lying in these folders, each in the one before, says; None where it is not plain."""
    names = list(folders)
    if not names:
        return KEPT
    return meanings.get(folded(names[0])) if len(names) == 1 else None


def folded(name: str) -> str:
    """The name without case, width, spaces and signs, which systems and people change."""
    plain = unicodedata.normalize("NFKC", name).casefold()
    return "".join(character for character in plain if character.isalnum())
