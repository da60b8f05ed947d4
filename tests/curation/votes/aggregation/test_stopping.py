"""When enough people have judged a picture."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curation.votes.aggregation.answers import TRUTHS
from curation.votes.aggregation.evidence import Odds, weigh
from curation.votes.aggregation.stopping import (
    STOPPING,
    Stopping,
    is_watched,
    outcome,
    votes_wanted,
)
from curation.votes.voting_rule import Outcome

SURE = 50.0


def after(num_votes: int, log_odds: float, over_another: float = SURE) -> Odds:
    return Odds(log_odds, max(log_odds, over_another), num_votes)


anything = st.builds(
    after, st.integers(0, STOPPING.most_votes), st.floats(-60, 60), st.floats(-60, 60)
)


def test_one_vote_is_enough_where_all_else_agrees() -> None:
    assert outcome(after(1, 5.0), watched=False) is Outcome.KEPT
    assert outcome(after(1, -4.0), watched=False) is Outcome.REJECTED


def test_keeping_takes_more_than_rejecting_and_most_where_it_may_be_somebody_else() -> None:
    assert STOPPING.reject_at < STOPPING.keep_at < STOPPING.over_another_at
    assert outcome(after(1, 3.0), watched=False) is Outcome.PENDING
    assert outcome(after(1, -3.0), watched=False) is Outcome.REJECTED
    assert outcome(after(1, 5.0, over_another=5.1), watched=False) is Outcome.PENDING


def test_votes_come_one_at_a_time_until_they_decide_or_nobody_is_asked_any_more() -> None:
    assert [votes_wanted(after(num, 0.0), watched=False) for num in range(8)] == [1] * 7 + [0]
    assert outcome(after(7, 0.0), watched=False) is Outcome.CONTESTED
    assert votes_wanted(after(2, 9.0), watched=False) == 0


@given(
    machine=st.floats(allow_nan=False),
    shares=st.lists(st.floats(0, 1), min_size=len(TRUTHS), max_size=len(TRUTHS)),
    near=st.booleans(),
    watched=st.booleans(),
)
def test_the_machine_alone_never_decides(
    *, machine: float, shares: list[float], near: bool, watched: bool
) -> None:
    evidence = weigh(shares, [], machine=machine, look_alike_near=near)
    assert outcome(evidence, watched=watched) is Outcome.PENDING
    assert votes_wanted(evidence, watched=watched) >= 1


@given(anything)
def test_a_watched_picture_gets_its_full_votes_however_sure_all_are(evidence: Odds) -> None:
    full = STOPPING.full_votes
    if evidence.num_votes < full:
        assert outcome(evidence, watched=True) is Outcome.PENDING
        assert votes_wanted(evidence, watched=True) == full - evidence.num_votes
    else:
        assert outcome(evidence, watched=True) is outcome(evidence, watched=False)


@given(evidence=anything, watched=st.booleans())
def test_votes_are_wanted_exactly_while_a_picture_is_pending(
    *, evidence: Odds, watched: bool
) -> None:
    wanted = votes_wanted(evidence, watched=watched)
    assert (wanted > 0) == (outcome(evidence, watched=watched) is Outcome.PENDING)
    assert evidence.num_votes + wanted <= STOPPING.most_votes


@given(anything, st.floats(0, 20))
def test_what_is_kept_stays_kept_where_more_speaks_for_it(evidence: Odds, more: float) -> None:
    if outcome(evidence, watched=False) is Outcome.KEPT:
        surer = after(
            evidence.num_votes, evidence.log_odds + more, evidence.log_odds_over_another + more
        )
        assert outcome(surer, watched=False) is Outcome.KEPT


def test_one_picture_in_twenty_is_watched_and_always_the_same_ones() -> None:
    names = [f"ada/{number}" for number in range(20_000)]
    watched = [name for name in names if is_watched(name, seed="a")]
    assert len(watched) / len(names) == pytest.approx(0.05, abs=0.005)
    assert watched == [name for name in names if is_watched(name, seed="a")]
    others = {name for name in names if is_watched(name, seed="b")}
    assert len(others & set(watched)) < 100


@pytest.mark.parametrize(
    "wrong", [{"keep_at": 0.0}, {"reject_at": -1.0}, {"full_votes": 0}, {"full_votes": 8}]
)
def test_a_rule_that_decides_by_even_odds_or_asks_nobody_cannot_be_made(
    wrong: dict[str, float],
) -> None:
    with pytest.raises(ValueError, match=r"even odds|somebody votes"):
        Stopping(**wrong)  # type: ignore[arg-type]


def test_the_thresholds_are_the_chances_that_their_words_say() -> None:
    rule = STOPPING
    chances = [
        1 / (1 + math.exp(each)) for each in (rule.keep_at, rule.over_another_at, rule.reject_at)
    ]
    assert [round(1 / chance) for chance in chances] == [135, 201, 9]
