"""Whom to believe: what votes say of pictures, and of those who cast them."""

from __future__ import annotations

import random
from itertools import product

import numpy as np
import pytest

from curation.manual.reasons import Reason
from curation.votes.aggregation.answers import ANSWERS, TRUTHS, said, truths_of
from curation.votes.aggregation.carry_over import first_prior
from curation.votes.aggregation.dawid_skene import Known, Votes, dawid_skene
from tests.curation.votes.aggregation.fan_group import Said, fit_of, votes_of

BLURRY, COVERED, ABSENT = [Reason.BLURRY], [Reason.COVERED], [Reason.SUBJECT_ABSENT]
KEPT = TRUTHS.index("keep")


def an_evening(num: int, *, masher: int = 9) -> list[Said]:
    """Every third picture is blurry, and all see it but the one who presses the same button."""
    return [
        (picture, person, [] if picture % 3 or person == masher else BLURRY)
        for picture in range(num)
        for person in ((picture + turn) % 9 for turn in range(3))
    ] + [(picture, masher, []) for picture in range(num)]


def test_who_presses_the_same_button_all_evening_is_not_believed() -> None:
    fit = fit_of(an_evening(60), 60)
    blurry = TRUTHS.index("blurry")
    assert (fit.posteriors[::3, blurry] > 0.99).all()
    assert fit.matrices[9, blurry, 0] > 0.8
    assert (fit.matrices[:9, blurry, 0] < 0.1).all()


def test_where_two_differ_who_was_right_before_is_believed() -> None:
    masher, other = 9, 0
    evening = [*an_evening(60), (60, masher, []), (60, other, BLURRY)]
    assert fit_of(evening, 61).posteriors[60, KEPT] < 0.05


def test_who_fails_gold_is_believed_less_whatever_the_others_say() -> None:
    gold = dict.fromkeys(range(12), BLURRY)
    fails = [(picture, 3, []) for picture in gold] + [(picture, 4, BLURRY) for picture in gold]
    fit = fit_of([*fails, (12, 3, []), (13, 4, [])], 14, gold=gold)
    assert fit.posteriors[12, KEPT] < fit.posteriors[13, KEPT]
    assert fit.posteriors[0, TRUTHS.index("blurry")] == 1


def test_gold_tells_of_people_and_not_of_how_many_pictures_are_good() -> None:
    gold = dict.fromkeys(range(50), BLURRY)
    assert fit_of([], 50, gold=gold).truths[0, KEPT] == pytest.approx(0.7)


def test_a_newcomer_is_like_all_together() -> None:
    fit = fit_of(an_evening(60), 60)
    newcomers = fit_of([each for each in an_evening(60) if each[1] != 5], 60)
    assert newcomers.matrices[5, 0] == pytest.approx(newcomers.pooled[0], abs=0.02)
    assert not np.allclose(fit.matrices[5], newcomers.matrices[5])


def test_who_overlooks_one_reason_is_thought_to_overlook_another() -> None:
    gold = dict.fromkeys(range(20), BLURRY)
    fit = fit_of([(p, 1, []) for p in gold] + [(p, 2, BLURRY) for p in gold], 20, gold=gold)
    covered = TRUTHS.index("covered")
    assert fit.matrices[1, covered, 0] > 3 * fit.matrices[2, covered, 0]


def test_a_look_alike_who_takes_everybody_in_makes_keeping_less_sure() -> None:
    gold = dict.fromkeys(range(40), ABSENT)
    taken_in = [(picture, person, []) for picture in range(0, 40, 2) for person in (1, 2)]
    seen = [(picture, person, ABSENT) for picture in range(1, 40, 2) for person in (1, 2)]
    votes = [*taken_in, *seen, (40, 1, []), (41, 1, [])]
    fit = fit_of(votes, 42, gold=gold, near=[*range(40), 40])
    assert fit.posteriors[40, KEPT] < fit.posteriors[41, KEPT]


def test_several_reasons_divide_a_vote() -> None:
    assert said("reject", [Reason.BLURRY, Reason.DRAWN]).max() == 0.5
    fit = fit_of([(0, 1, [Reason.BLURRY, Reason.DRAWN])] * 1, 1)
    likely = dict(zip(TRUTHS, fit.posteriors[0], strict=True))
    assert likely["blurry"] == pytest.approx(likely["drawn"])
    assert likely["blurry"] > likely["covered"]


@pytest.mark.parametrize(("verdict", "reasons"), [("keep", BLURRY), ("reject", [])])
def test_reasons_belong_to_rejections(verdict: str, reasons: list[Reason]) -> None:
    with pytest.raises(ValueError, match="a rejection has reasons"):
        said(verdict, reasons)


def test_an_absent_subject_is_a_look_alike_where_one_is_near() -> None:
    assert truths_of(ABSENT, look_alike_near=True)[TRUTHS.index("look_alike")] == 1
    assert truths_of(ABSENT, look_alike_near=False)[TRUTHS.index("subject_absent")] == 1
    fit = fit_of([(0, 1, ABSENT), (1, 1, ABSENT)], 2, near=[0])
    assert fit.posteriors[0, TRUTHS.index("subject_absent")] == 0
    assert fit.posteriors[1, TRUTHS.index("look_alike")] == 0


def test_equal_votes_give_an_equal_fit_bit_for_bit_in_whatever_order() -> None:
    evening = an_evening(40)
    shuffled = random.Random(3).sample(evening, len(evening))
    one, other = fit_of(evening, 40), fit_of(shuffled, 40)
    for name in ("posteriors", "truths", "pooled", "matrices", "counts"):
        assert getattr(one, name).tobytes() == getattr(other, name).tobytes()


def test_votes_on_pictures_that_are_not_there_are_refused() -> None:
    with pytest.raises(ValueError, match="different things"):
        fit_of([(3, 0, [])], 2)
    with pytest.raises(ValueError, match="add up to 1"):
        Votes(np.zeros(1, np.intp), np.zeros(1, np.intp), np.zeros((1, len(ANSWERS))))


def test_without_votes_there_is_what_was_believed() -> None:
    prior = first_prior(2)
    fit = dawid_skene(votes_of([]), Known.nothing(3, len(TRUTHS)), prior)
    assert fit.posteriors[0] == pytest.approx(prior.truths[0] / prior.truths[0].sum())
    assert fit.counts.sum() == 0


def test_every_row_of_a_matrix_adds_up_to_one() -> None:
    fit = fit_of(an_evening(30), 30)
    for person, truth in product(range(10), range(len(TRUTHS))):
        assert fit.matrices[person, truth].sum() == pytest.approx(1)
    assert fit.posteriors.sum(axis=1) == pytest.approx(1)
