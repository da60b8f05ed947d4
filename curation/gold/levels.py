"""What opens to whom: by how many gold pictures they have judged, and how many rightly. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

GRID_AFTER = 20
GRID_SHARE = 0.8
"""Many pictures at a glance are for an eye that knows what to look for."""


@dataclass(frozen=True, kw_only=True, slots=True)
class GridLevel:
    """How far somebody is from judging many pictures at once."""

    is_open: bool
    answers: int
    right: int

    @property
    def answers_left(self) -> int:
        return max(0, GRID_AFTER - self.answers)


def grid_level(rights: Sequence[bool], *, is_free: bool) -> GridLevel:
    """From the answers to gold in their order, each right or not.

    `is_free` where there is not gold enough to be measured by, or the person judged before there
    was: nobody loses what they had. So it stays open too, once it was: at some answer, `GRID_AFTER`
    or more were given and `GRID_SHARE` of the last so many were right.
    """
    reached = any(
        sum(rights[end - GRID_AFTER : end]) >= GRID_SHARE * GRID_AFTER
        for end in range(GRID_AFTER, len(rights) + 1)
    )
    return GridLevel(is_open=is_free or reached, answers=len(rights), right=sum(rights))


def can_open(rights: Sequence[bool], *, num_more: int) -> bool:
    """Whether the level would open to who has answered so, were so many further answers right."""
    return grid_level([*rights, *[True] * num_more], is_free=False).is_open
