"""Use case: a volunteer judges one picture on their desk, which may be hidden gold."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from curation.gold.access import is_gold_item
from curation.gold.answer_gold import answer_gold
from curation.gold.models import GoldAnswer, Kind
from curation.manual.reasons import Reason
from curation.manual.verdicts import Verdict
from curation.projects.models import Rule, User
from curation.votes.cast_vote import cast_vote
from curation.votes.models import Vote
from curation.votes.tallies import UNHEARD, unpacked
from curation.votes.turns import turn_to_write
from curation.votes.voting_rule import Tally, votes_wanted

WANTED_AT_FIRST = {
    Rule.PLAIN: votes_wanted(Tally()),
    Rule.WEIGHTED: votes_wanted(unpacked(UNHEARD)),
}
"""How many votes are wanted on a picture that nobody has judged, by the project's rule."""


def judge_item(
    *,
    item_id: int,
    volunteer: User,
    verdict: Verdict,
    reasons: Sequence[Reason] = (),
    client_key: UUID,
    picture: str = "",
    manual: int | None = None,
) -> Vote | GoldAnswer | None:
    """`cast_vote`, or `answer_gold` where the item is gold.

    Which it is, is asked before the turn and the locks of either: whoever judges can tell by
    neither the answer nor how long it took.
    """
    if not is_gold_item(item_id):
        return cast_vote(
            item_id=item_id,
            volunteer=volunteer,
            verdict=verdict,
            reasons=reasons,
            client_key=client_key,
            picture=picture,
            manual=manual,
        )
    with turn_to_write():
        return answer_gold(
            item_id=item_id,
            person=volunteer,
            kind=Kind.HIDDEN,
            wanted_at_first=WANTED_AT_FIRST,
            verdict=verdict,
            reasons=reasons,
            client_key=client_key,
            picture=picture,
            manual=manual,
        )
