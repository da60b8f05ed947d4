"""The blind rule: what is hidden from whom, in every state of things."""

from __future__ import annotations

from itertools import product

import pytest

from curation.consensus.blind import Blindfold, blindfold

NOTHING = Blindfold(hides_votes=False, hides_hints=False)


@pytest.mark.parametrize(("was_handed", "is_settled"), [*product((False, True), repeat=2)])
def test_ones_own_vote_lifts_it_and_so_does_the_last_that_was_wanted(
    *, was_handed: bool, is_settled: bool
) -> None:
    for num_wanted, has_voted in ((1, True), (0, True), (0, False)):
        assert (
            blindfold(
                num_wanted=num_wanted,
                has_voted=has_voted,
                was_handed=was_handed,
                is_settled=is_settled,
            )
            == NOTHING
        )


@pytest.mark.parametrize(
    ("was_handed", "is_settled", "hides_votes", "hides_hints"),
    [
        pytest.param(True, False, True, True, id="whoever is to judge sees nothing"),
        pytest.param(True, True, True, True, id="also when an organiser was quicker"),
        pytest.param(False, False, True, False, id="others may be asked yet: votes are hidden"),
        pytest.param(False, True, False, False, id="once it is settled they are not"),
    ],
)
def test_while_a_vote_is_wanted(
    *, was_handed: bool, is_settled: bool, hides_votes: bool, hides_hints: bool
) -> None:
    for num_wanted in (1, 2):
        assert blindfold(
            num_wanted=num_wanted, has_voted=False, was_handed=was_handed, is_settled=is_settled
        ) == Blindfold(hides_votes=hides_votes, hides_hints=hides_hints)
