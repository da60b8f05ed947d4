"""When enough people have judged a picture. Pure.

A test that goes on until the odds leave a band, after A. Wald, "Sequential Tests of Statistical
Hypotheses", Annals of Mathematical Statistics 16 (1945). The band is not even: to lose a good
picture costs little, a wrong one that is kept costs more, and somebody else's face costs most.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from curation.votes.aggregation.evidence import Odds
from curation.votes.voting_rule import Outcome

WATCHED = 0.05
"""This share of all pictures gets its full votes for ever: by them it is seen whether the odds are
true, and how often one vote would have been wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopping:
    """How sure is sure enough, in log-odds."""

    keep_at: float = 4.9
    """Of what is as uncertain as this, 1 in 135 is kept that is to be rejected."""
    over_another_at: float = 5.3
    """And 1 in 200 that is somebody else's."""
    reject_at: float = 2.1
    """And 1 in 9 rejected that is to be kept: another look costs more than that is worth."""
    full_votes: int = 5
    """What a watched picture gets before anything is decided."""
    most_votes: int = 7
    """Whatever they cannot decide is contested."""

    def __post_init__(self) -> None:
        if min(self.keep_at, self.over_another_at, self.reject_at) <= 0:
            raise ValueError(f"even odds decide nothing: {self}")
        if not 1 <= self.full_votes <= self.most_votes:
            raise ValueError(f"somebody votes, and nobody is asked beyond the most: {self}")


STOPPING = Stopping()


def is_watched(picture: str, *, seed: str) -> bool:
    """Whether a picture is one that gets its full votes, now and for ever.

    `picture` is what names it for good, `seed` what nobody who votes knows.
    """
    digest = hashlib.blake2b(f"{seed}/{picture}".encode(), digest_size=8).digest()
    return int.from_bytes(digest) < WATCHED * 2**64


def outcome(evidence: Odds, *, watched: bool, stopping: Stopping = STOPPING) -> Outcome:
    """What becomes of a picture. Pending while a vote is wanted; one at least always is."""
    if evidence.num_votes < (stopping.full_votes if watched else 1):
        return Outcome.PENDING
    is_safe = evidence.log_odds_over_another >= stopping.over_another_at
    if evidence.log_odds >= stopping.keep_at and is_safe:
        return Outcome.KEPT
    if evidence.log_odds <= -stopping.reject_at:
        return Outcome.REJECTED
    is_over = evidence.num_votes >= stopping.most_votes
    return Outcome.CONTESTED if is_over else Outcome.PENDING


def votes_wanted(evidence: Odds, *, watched: bool, stopping: Stopping = STOPPING) -> int:
    """How many more votes are asked for at once: the full ones of a watched picture, else one."""
    if outcome(evidence, watched=watched, stopping=stopping) is not Outcome.PENDING:
        return 0
    return max(1, stopping.full_votes - evidence.num_votes) if watched else 1
