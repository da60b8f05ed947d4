"""Pictures of a release whose face cannot be used: which they are, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

SkipReason = Literal["unreadable", "not_numbers", "one_colour", "no_face", "landmarks"]

MOST_NAMED = 20
"""So many pictures are named in an event; a release may have thousands."""
MOST_TOLD = 3
"""So many of each kind are named in a sentence."""
_IN_WORDS: dict[SkipReason, str] = {
    "unreadable": "unreadable",
    "not_numbers": "with pixels that are no numbers (NaN)",
    "one_colour": "of one colour",
    "no_face": "without a face that was found",
    "landmarks": "with landmarks like nobody's face or outside of the picture",
}


@dataclass(frozen=True, slots=True)
class Skipped:
    """A picture that gives no face."""

    number: int
    """The release's number of the picture."""
    file: str
    why: SkipReason


def as_event(skipped: Sequence[Skipped]) -> list[dict[str, Any]]:
    """The first of the skipped pictures, as an event names them."""
    return [asdict(each) for each in skipped[:MOST_NAMED]]


def in_words(skipped: Sequence[Skipped]) -> str:
    """How many pictures were skipped for which reason, naming some: "2 of one colour (x, y)"."""
    kinds = {
        why: [each.file for each in skipped if each.why == why] for why in get_args(SkipReason)
    }
    return "; ".join(
        f"{len(files)} {_IN_WORDS[why]} ({_some(files)})" for why, files in kinds.items() if files
    )


def _some(files: Sequence[str]) -> str:
    left = len(files) - MOST_TOLD
    return ", ".join(files[:MOST_TOLD]) + (f" and {left} more" if left > 0 else "")
