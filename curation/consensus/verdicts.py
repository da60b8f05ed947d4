"""What others said of a decided image, in numbers, for somebody who has judged it as well."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from curation.consensus.models import Ruling
from curation.consensus.selectors import decisions_on
from curation.images.models import Image
from curation.manual.reasons import Reason
from curation.manual.verdicts import Verdict
from curation.projects.models import User
from curation.votes.aggregation.stopping import STOPPING
from curation.votes.models import Vote
from curation.votes.tallies import tally_of
from curation.votes.voting_rule import MOST_VOTES, Outcome, Tally, votes_wanted


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdicts:
    """What became of an image, and what others than the asker said of it; never who."""

    outcome: Outcome
    """Kept or rejected."""
    ruling: Ruling | None
    """The organiser's word, where it was theirs."""
    others: Tally | None
    """Their votes; None while some are wanted still."""
    reasons: Mapping[Reason, int]
    """How many of the others named each."""


def verdicts_on(image: Image, asker: User, *, answer: str | None = None) -> Verdicts | None:
    """What became of an image and what others said, for whoever has voted on it. Four queries.

    `answer` is what the asker said where it is no vote, of hidden gold: then they are told numbers
    that could stand beside a vote of theirs. None while neither votes nor a ruling decide.
    """
    decision = decisions_on(Image.objects.filter(pk=image.pk))[0]
    if decision.outcome not in (Outcome.KEPT, Outcome.REJECTED):
        return None
    others = list(Vote.objects.filter(image=image).exclude(volunteer=asker).order_by("pk"))
    if votes_wanted(decision.tally) > 0:
        others = []
    elif answer is not None:
        most = MOST_VOTES if decision.tally.weighed is None else STOPPING.most_votes
        place = one_too_many([vote.verdict for vote in others], answer, most=most)
        others = [vote for nth, vote in enumerate(others) if nth != place]
    named = Counter(
        reason for vote in others if vote.verdict == Verdict.REJECT for reason in vote.reasons
    )
    return Verdicts(
        outcome=decision.outcome,
        ruling=decision.ruling,
        others=tally_of([vote.verdict for vote in others]) if others else None,
        reasons={reason: named[reason] for reason in Reason if named[reason]},
    )


def one_too_many(verdicts: Sequence[str], mine: str, *, most: int = MOST_VOTES) -> int | None:
    """The place of the one that goes, so that what is left can stand beside `mine` on one image.

    One that says the same makes room for it; where all the `most` votes that there can be were cast
    without it, one of those that the fewest cast.
    """
    if mine in verdicts:
        return verdicts.index(mine)
    if len(verdicts) < most:
        return None
    return verdicts.index(Counter(verdicts).most_common()[-1][0])
