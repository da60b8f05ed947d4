"""The rule: two equal votes decide, else a third is asked for, else an organiser settles it."""

from __future__ import annotations

from itertools import permutations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curation.votes.voting_rule import MOST_VOTES, Outcome, Tally, outcome, votes_wanted

tallies = st.builds(
    Tally,
    keep=st.integers(0, 6),
    reject=st.integers(0, 6),
    unsure=st.integers(0, 6),
)


@pytest.mark.parametrize(
    ("votes", "expected", "wanted"),
    [
        ("", Outcome.PENDING, 2),
        ("k", Outcome.PENDING, 1),
        ("r", Outcome.PENDING, 1),
        ("u", Outcome.PENDING, 2),
        ("kk", Outcome.KEPT, 0),
        ("rr", Outcome.REJECTED, 0),
        ("kr", Outcome.PENDING, 1),
        ("ku", Outcome.PENDING, 1),
        ("uu", Outcome.CONTESTED, 0),
        ("krk", Outcome.KEPT, 0),
        ("krr", Outcome.REJECTED, 0),
        ("kru", Outcome.CONTESTED, 0),
        ("kuk", Outcome.KEPT, 0),
        ("kku", Outcome.KEPT, 0),
        ("kkk", Outcome.KEPT, 0),
        ("uur", Outcome.CONTESTED, 0),
        ("uuu", Outcome.CONTESTED, 0),
        ("kkrr", Outcome.CONTESTED, 0),
    ],
)
def test_what_becomes_of_an_image_with_these_votes(
    votes: str, expected: Outcome, wanted: int
) -> None:
    tally = count(votes)
    assert outcome(tally) is expected
    assert votes_wanted(tally) == wanted


@pytest.mark.parametrize("votes", ["".join(v) for n in range(5) for v in product("kru", repeat=n)])
def test_the_order_of_votes_does_not_matter(votes: str) -> None:
    assert len({outcome(count("".join(order))) for order in permutations(votes)}) == 1


@given(tallies)
def test_kept_and_rejected_need_two_equal_votes_and_more_than_the_other_side(tally: Tally) -> None:
    match outcome(tally):
        case Outcome.KEPT:
            assert tally.keep >= 2
            assert tally.keep > tally.reject
        case Outcome.REJECTED:
            assert tally.reject >= 2
            assert tally.reject > tally.keep
        case _:
            assert tally.keep == tally.reject or max(tally.keep, tally.reject) < 2


@given(tallies)
def test_keep_and_reject_are_treated_alike(tally: Tally) -> None:
    mirrored = Tally(keep=tally.reject, reject=tally.keep, unsure=tally.unsure)
    swapped = {Outcome.KEPT: Outcome.REJECTED, Outcome.REJECTED: Outcome.KEPT}
    decided = outcome(tally)
    assert outcome(mirrored) is swapped.get(decided, decided)
    assert votes_wanted(mirrored) == votes_wanted(tally)


@given(tallies)
def test_votes_are_wanted_exactly_while_the_image_is_pending(tally: Tally) -> None:
    assert (votes_wanted(tally) > 0) == (outcome(tally) is Outcome.PENDING)
    assert tally.total + votes_wanted(tally) <= max(MOST_VOTES, tally.total)


@given(tallies.filter(lambda tally: tally.total <= MOST_VOTES))
def test_pending_means_that_some_further_votes_could_decide_and_contested_that_none_could(
    tally: Tally,
) -> None:
    left = MOST_VOTES - tally.total
    reachable = {
        outcome(
            Tally(
                keep=tally.keep + more.count("k"),
                reject=tally.reject + more.count("r"),
                unsure=tally.unsure + more.count("u"),
            )
        )
        for num in range(left + 1)
        for more in product("kru", repeat=num)
    }
    decided = {Outcome.KEPT, Outcome.REJECTED}
    match outcome(tally):
        case Outcome.PENDING:
            assert reachable & decided
        case Outcome.CONTESTED:
            assert not reachable & decided


def test_a_tally_has_no_negative_numbers() -> None:
    with pytest.raises(ValueError, match="negative"):
        Tally(keep=-1)


def count(votes: str) -> Tally:
    return Tally(keep=votes.count("k"), reject=votes.count("r"), unsure=votes.count("u"))
