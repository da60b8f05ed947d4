"""Pictures of a release without a usable face, and the reasons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

SkipReason = Literal["unreadable", "not_numbers", "one_colour", "no_face", "landmarks"]

MOST_NAMED = 20
"""Pictures named in an event at most; a release may have thousands."""
MOST_NAMED_OF_KIND = 3
"""Pictures of each kind named in a message."""
_IN_WORDS: dict[SkipReason, str] = {
    "unreadable": "unreadable",
    "not_numbers": "with NaN pixels",
    "one_colour": "of one colour",
    "no_face": "without a detected face",
    "landmarks": "with landmarks that form no face or lie outside the picture",
}


@dataclass(frozen=True, slots=True)
class Skipped:
    """A picture without a usable face."""

    number: int
    """The release's number of the picture."""
    file: str
    why: SkipReason


def as_event(skipped: Sequence[Skipped]) -> list[dict[str, Any]]:
    """The first of the skipped pictures, as an event names them."""
    return [asdict(each) for each in skipped[:MOST_NAMED]]


def in_words(skipped: Sequence[Skipped]) -> str:
    """Skipped pictures by reason, naming some: "2 of one colour (x, y)"."""
    kinds = {
        why: [each.file for each in skipped if each.why == why] for why in get_args(SkipReason)
    }
    return "; ".join(
        f"{len(files)} {_IN_WORDS[why]} ({_some(files)})" for why, files in kinds.items() if files
    )


def _some(files: Sequence[str]) -> str:
    left = len(files) - MOST_NAMED_OF_KIND
    return ", ".join(files[:MOST_NAMED_OF_KIND]) + (f" and {left} more" if left > 0 else "")
