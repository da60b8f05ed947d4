"""What others said, beside one's own word."""

from __future__ import annotations

from itertools import permutations

import pytest

from curation.consensus.verdicts import one_too_many
from curation.manual.verdicts import Verdict
from curation.votes.tallies import tally_of
from curation.votes.voting_rule import Outcome, outcome, votes_wanted

Said = tuple[str, ...]


def courses(so_far: Said = ()) -> list[Said]:
    """All ways in which the votes on one image can come in until no more are wanted."""
    if votes_wanted(tally_of(list(so_far))) == 0:
        return [so_far]
    return [course for each in Verdict for course in courses((*so_far, each.value))]


def can_be(said: Said) -> bool:
    return any(order in courses() for order in permutations(said))


@pytest.mark.parametrize("mine", [each.value for each in Verdict])
def test_what_is_told_of_gold_could_be_told_of_a_picture_of_a_batch(mine: str) -> None:
    decided = [each for each in courses() if outcome(tally_of(list(each))) is not Outcome.CONTESTED]
    assert decided
    for said in decided:
        place = one_too_many(said, mine)
        left = tuple(each for nth, each in enumerate(said) if nth != place)
        assert can_be((*left, mine)), (said, mine)
        assert outcome(tally_of([*left, mine])) is outcome(tally_of(list(said))), (said, mine)


@pytest.mark.parametrize("mine", [each.value for each in Verdict])
def test_nor_does_a_ruling_give_it_away(mine: str) -> None:
    for said in courses():
        place = one_too_many(said, mine)
        left = tuple(each for nth, each in enumerate(said) if nth != place)
        assert can_be((*left, mine)), (said, mine)
