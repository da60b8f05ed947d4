"""The codes of the reasons to reject a picture. Their words stand in the manual's rows."""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    """What a vote stores; a manual gives each its number, its title and its text."""

    SUBJECT_ABSENT = "subject_absent"
    OTHER_FACE = "other_face"
    BLURRY = "blurry"
    COVERED = "covered"
    DRAWN = "drawn"
    REPHOTO = "rephoto"
    DUPLICATE = "duplicate"


def join_reasons(reasons: list[Reason]) -> str:
    """Reasons as they are stored: each once, in one order, joined by commas."""
    return ",".join(reason.value for reason in Reason if reason in reasons)


def split_reasons(stored: str) -> list[Reason]:
    """The inverse of `join_reasons`."""
    return [Reason(code) for code in stored.split(",") if code]
