"""What one subject's votes tell of those who judge the next."""

from __future__ import annotations

import numpy as np
import pytest

from curation.manual.reasons import Reason
from curation.votes.aggregation.answers import TRUTHS
from curation.votes.aggregation.carry_over import MOST_CARRIED, carried_over, first_prior
from tests.curation.votes.aggregation.fan_group import NUM_PEOPLE, fit_of

BLURRY = TRUTHS.index("blurry")
GOLD = {picture: [Reason.BLURRY] for picture in range(15)}
CARELESS, CAREFUL, NEWCOMER = 1, 2, 3
VOTES = [(picture, CARELESS, []) for picture in GOLD]
VOTES += [(picture, CAREFUL, [Reason.BLURRY]) for picture in GOLD]


def test_who_was_careless_with_one_subject_is_doubted_with_the_next() -> None:
    first = fit_of(VOTES, 15, gold=GOLD)
    prior = carried_over(first, first_prior(NUM_PEOPLE))
    second = fit_of([(0, CARELESS, []), (1, CAREFUL, [])], 2, prior=prior)
    assert second.matrices[CARELESS, BLURRY, 0] > 0.6
    assert second.matrices[CAREFUL, BLURRY, 0] < 0.1
    assert second.posteriors[0, 0] < second.posteriors[1, 0]


def test_what_others_did_is_believed_of_a_newcomer_until_they_judge() -> None:
    all_careless = [(picture, person, []) for picture in GOLD for person in range(3)]
    prior = carried_over(fit_of(all_careless, 15, gold=GOLD), first_prior(NUM_PEOPLE))
    nobody_yet = fit_of([], 1)
    second = fit_of([], 1, prior=prior)
    assert second.matrices[NEWCOMER, BLURRY, 0] > 2 * nobody_yet.matrices[NEWCOMER, BLURRY, 0]


def test_people_change_so_old_answers_weigh_no_more_than_so_many() -> None:
    prior = first_prior(NUM_PEOPLE)
    for _subject in range(8):
        prior = carried_over(fit_of(VOTES, 15, gold=GOLD, prior=prior), prior)
    assert prior.carried.sum(axis=2).max() == pytest.approx(MOST_CARRIED)
    better = {picture: [Reason.BLURRY] for picture in range(120)}
    improved = [(picture, CARELESS, [Reason.BLURRY]) for picture in better]
    fit = fit_of(improved, 120, gold=better, prior=prior)
    assert fit.matrices[CARELESS, BLURRY, 0] < 0.5


def test_nothing_that_cannot_be_is_carried() -> None:
    prior = carried_over(fit_of(VOTES, 15, gold=GOLD), first_prior(NUM_PEOPLE))
    assert (prior.truths[~prior.possible] == 0).all()
    assert np.array_equal(prior.possible, first_prior(NUM_PEOPLE).possible)
