"""From votes and an organiser's ruling to a decision. Pure, like the rule for votes alone."""

from __future__ import annotations

from curation.manual.verdicts import Verdict
from curation.votes.voting_rule import Outcome, Tally, outcome


def decide(tally: Tally, ruling: Verdict | None) -> Outcome:
    """What becomes of an image: an organiser's ruling counts, else what the votes say."""
    match ruling:
        case Verdict.KEEP:
            return Outcome.KEPT
        case Verdict.REJECT:
            return Outcome.REJECTED
        case _:
            return outcome(tally)
