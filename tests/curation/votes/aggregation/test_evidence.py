"""What speaks for a picture and what against it."""

from __future__ import annotations

import math
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curation.manual.reasons import Reason
from curation.votes.aggregation.answers import TRUTHS, said
from curation.votes.aggregation.carry_over import first_prior
from curation.votes.aggregation.dawid_skene import Known, dawid_skene
from curation.votes.aggregation.evidence import (
    MACHINE_CAP,
    Evidence,
    Heard,
    Kind,
    heard,
    leaning,
    machine_log_odds,
    weigh,
)
from tests.curation.votes.aggregation.fan_group import votes_of

FIT = dawid_skene(votes_of([]), Known.nothing(1, len(TRUTHS)), first_prior(2))
SOMEBODY = 0

likelihoods = st.floats(0.001, 0.999).map(math.log)
heards = st.builds(Heard, st.integers(0, 9), st.tuples(*[likelihoods] * len(TRUTHS)))
shares = st.lists(st.floats(0.01, 1), min_size=len(TRUTHS), max_size=len(TRUTHS)).map(
    lambda each: [share / sum(each) for share in each]
)
some_votes = st.lists(heards, max_size=7)
sure_machines = st.floats(allow_nan=False)
machines = st.one_of(st.none(), sure_machines)


def evidence_of(
    *reasons: Reason | None, machine: float | None = None, near: bool = False
) -> Evidence:
    """After votes of people of whom nothing is known: None to keep, else the reason."""
    votes = [
        heard(FIT, SOMEBODY, said("reject", [each]) if each else said("keep")) for each in reasons
    ]
    return weigh(FIT.truths[int(near)].tolist(), votes, machine=machine, look_alike_near=near)


def test_each_thing_that_speaks_for_a_picture_is_named() -> None:
    evidence = evidence_of(None, Reason.BLURRY, machine=2.0)
    kinds = [factor.kind for factor in evidence.factors]
    assert kinds == [Kind.SUBJECT, Kind.MACHINE, Kind.VOTE, Kind.VOTE]
    subject, machine, keep, reject = (factor.log_odds for factor in evidence.factors)
    assert subject == pytest.approx(math.log(0.7 / 0.3))
    assert machine == pytest.approx(2.0)
    assert keep > 0 > reject
    assert evidence.num_votes == 2


def test_two_who_name_the_same_reason_weigh_more_than_two_who_name_different_ones() -> None:
    same = evidence_of(Reason.BLURRY, Reason.BLURRY)
    different = evidence_of(Reason.BLURRY, Reason.COVERED)
    assert same.log_odds < different.log_odds < evidence_of(Reason.BLURRY).log_odds


def test_who_keeps_a_picture_near_a_look_alike_says_less() -> None:
    far, near = evidence_of(None), evidence_of(None, near=True)
    assert near.factors[-1].log_odds < far.factors[-1].log_odds


def test_a_score_says_only_how_far_it_is_from_what_any_picture_has() -> None:
    assert machine_log_odds(0.7, 0.7) == pytest.approx(0)
    assert machine_log_odds(0.9, 0.5) == pytest.approx(math.log(9))
    assert machine_log_odds(1.0, 0.5) > MACHINE_CAP
    assert machine_log_odds(0.0, 0.5) < -MACHINE_CAP
    with pytest.raises(ValueError, match="no number"):
        leaning(math.nan, look_alike_near=False)


@given(share=shares, votes=some_votes, machine=machines, near=st.booleans(), dice=st.randoms())
def test_the_order_of_votes_changes_no_bit_of_the_evidence(
    *, share: list[float], votes: list[Heard], machine: float | None, near: bool, dice: Random
) -> None:
    shuffled = list(votes)
    dice.shuffle(shuffled)
    one = weigh(share, votes, machine=machine, look_alike_near=near)
    other = weigh(share, shuffled, machine=machine, look_alike_near=near)
    assert one.log_odds == other.log_odds
    assert one.log_odds_over_another == other.log_odds_over_another
    assert one == weigh(share, votes, machine=machine, look_alike_near=near)


@given(share=shares, votes=some_votes, machine=machines, near=st.booleans())
def test_the_factors_add_up(
    *, share: list[float], votes: list[Heard], machine: float | None, near: bool
) -> None:
    evidence = weigh(share, votes, machine=machine, look_alike_near=near)
    total = sum(factor.log_odds for factor in evidence.factors)
    assert total == pytest.approx(evidence.log_odds, abs=1e-9)
    assert evidence.log_odds <= evidence.log_odds_over_another + 1e-9


@given(
    share=shares,
    votes=some_votes,
    missed=st.lists(st.floats(0.01, 0.5), min_size=len(TRUTHS) - 1, max_size=len(TRUTHS) - 1),
    right=st.floats(0.5, 0.99),
    near=st.booleans(),
)
def test_a_vote_to_keep_by_somebody_better_than_chance_never_speaks_against_keeping(
    *, share: list[float], votes: list[Heard], missed: list[float], right: float, near: bool
) -> None:
    keep = Heard(7, tuple(math.log(each) for each in (right, *missed)))
    before = weigh(share, votes, machine=None, look_alike_near=near)
    after = weigh(share, [*votes, keep], machine=None, look_alike_near=near)
    assert after.log_odds >= before.log_odds - 1e-9
    assert after.log_odds_over_another >= before.log_odds_over_another - 1e-9


@given(share=shares, votes=some_votes, machine=sure_machines, near=st.booleans())
def test_the_machine_moves_nothing_by_more_than_its_cap(
    *, share: list[float], votes: list[Heard], machine: float, near: bool
) -> None:
    without = weigh(share, votes, machine=None, look_alike_near=near)
    with_it = weigh(share, votes, machine=machine, look_alike_near=near)
    assert abs(with_it.log_odds - without.log_odds) <= MACHINE_CAP + 1e-9
    moved = with_it.log_odds_over_another - without.log_odds_over_another
    assert abs(moved) <= MACHINE_CAP + 1e-9


@given(share=shares, votes=some_votes, machine=sure_machines)
def test_near_a_look_alike_the_machine_never_says_whether_the_subject_is_there(
    share: list[float], votes: list[Heard], machine: float
) -> None:
    without = weigh(share, votes, machine=None, look_alike_near=True)
    with_it = weigh(share, votes, machine=machine, look_alike_near=True)
    moved = with_it.log_odds_over_another - without.log_odds_over_another
    assert moved == pytest.approx(0, abs=1e-9)
    if machine <= 0:
        assert with_it.log_odds == without.log_odds


def test_a_vote_says_what_its_caster_s_matrix_says() -> None:
    blurry = heard(FIT, SOMEBODY, said("reject", [Reason.BLURRY]))
    truth, answer = TRUTHS.index("blurry"), int(said("reject", [Reason.BLURRY]).argmax())
    assert blurry.by_truth[truth] == pytest.approx(np.log(FIT.matrices[SOMEBODY, truth, answer]))
