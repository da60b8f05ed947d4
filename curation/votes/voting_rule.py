"""The rule by which votes become a decision. Pure: it knows votes as numbers and nothing else.

The plain rule: two equal votes to keep or to reject decide. When the first two differ, or somebody
was unsure, a third is asked for. As soon as no third vote could decide, the image is contested and
waits for an organiser. Whoever changes the rule raises RULE_VERSION, because a release names the
rule it used.
Where a project has votes count by their weight, what they weighed stands in the tally
(`curation.votes.weighing`), and the same questions are answered by it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

RULE_VERSION = 1

DECIDING_VOTES = 2
"""This many equal votes decide, if they are more than those against."""
MOST_VOTES = 3
"""No image gets more votes than this."""


class Outcome(Enum):
    """What becomes of an image."""

    KEPT = "kept"
    REJECTED = "rejected"
    CONTESTED = "contested"
    PENDING = "pending"


@dataclass(frozen=True, slots=True)
class Weighed:
    """What the votes on one image come to by their weight."""

    outcome: Outcome
    num_wanted: int = 0
    """How many more are asked for."""

    def __post_init__(self) -> None:
        if (self.outcome is Outcome.PENDING) != (self.num_wanted > 0):
            raise ValueError(f"votes are wanted exactly while nothing is decided: {self}")


@dataclass(frozen=True, slots=True)
class Tally:
    """How many volunteers said what of one image."""

    keep: int = 0
    reject: int = 0
    unsure: int = 0
    weighed: Weighed | None = None
    """Where votes count by their weight; None where two equal ones decide."""

    def __post_init__(self) -> None:
        if min(self.keep, self.reject, self.unsure) < 0:
            raise ValueError(f"a tally has no negative numbers: {self}")

    @property
    def total(self) -> int:
        return self.keep + self.reject + self.unsure


def outcome(tally: Tally) -> Outcome:
    """What the votes alone say of the image."""
    if tally.weighed is not None:
        return tally.weighed.outcome
    missing = _missing_votes(tally)
    if missing <= 0:
        return Outcome.KEPT if tally.keep > tally.reject else Outcome.REJECTED
    return Outcome.PENDING if missing <= MOST_VOTES - tally.total else Outcome.CONTESTED


def votes_wanted(tally: Tally) -> int:
    """How many more votes are asked for: as few as could decide, none when none could."""
    if tally.weighed is not None:
        return tally.weighed.num_wanted
    return _missing_votes(tally) if outcome(tally) is Outcome.PENDING else 0


def third_wanted(tally: Tally) -> bool:
    """Whether two have voted and could not decide, so that a third is asked: by the plain rule."""
    return tally.weighed is None and tally.total >= DECIDING_VOTES and votes_wanted(tally) > 0


def _missing_votes(tally: Tally) -> int:
    """How many more votes the leading side needs to decide; none or less when it has."""
    ahead, behind = max(tally.keep, tally.reject), min(tally.keep, tally.reject)
    return max(DECIDING_VOTES, behind + 1) - ahead
