"""When a rest is proposed: seldom for a steady eye, soon for a tired one."""

from __future__ import annotations

import random
import statistics

import numpy as np
import pytest

from curation.gold.drift import H_IN_FIFTHS, K_IN_FIFTHS, LEARNING, WRONG, drifts


def answers_until_drift(share_wrong: float) -> float:
    """The average run length, worked out: the sum is a walk over whole fifths below H."""
    walk = np.zeros((H_IN_FIFTHS, H_IN_FIFTHS))
    for total in range(H_IN_FIFTHS):
        walk[total, max(0, total - K_IN_FIFTHS)] += 1 - share_wrong
        if total + WRONG < H_IN_FIFTHS:
            walk[total, total + WRONG] += share_wrong
    lengths = np.linalg.solve(np.eye(H_IN_FIFTHS) - walk, np.ones(H_IN_FIFTHS))
    return float(lengths[0])


def test_a_steady_eye_is_left_alone_and_a_tired_one_is_noticed() -> None:
    assert answers_until_drift(0.05) > 10_000
    assert answers_until_drift(0.10) > 1_000
    assert answers_until_drift(0.30) == pytest.approx(27, abs=1)
    assert answers_until_drift(0.50) == pytest.approx(11, abs=1)


@pytest.mark.parametrize("share_wrong", [0.3, 0.5])
def test_people_played_by_dice_are_noticed_when_the_figures_say(share_wrong: float) -> None:
    dice = random.Random(16)
    first = []
    for _person in range(2000):
        rights = [True] * LEARNING + [dice.random() >= share_wrong for _ in range(400)]
        first.append(drifts(rights)[0] - LEARNING + 1)
    assert statistics.mean(first) == pytest.approx(answers_until_drift(share_wrong), rel=0.05)


def test_whoever_is_new_is_not_tired() -> None:
    assert drifts([False] * LEARNING) == []


def test_after_it_was_found_it_begins_anew() -> None:
    four_wrong = [False] * 4
    rights = [True] * LEARNING + four_wrong + [True] * 3 + four_wrong
    assert drifts(rights) == [LEARNING + 3, LEARNING + 10]


def test_right_answers_never_save_up_for_wrong_ones() -> None:
    assert drifts([True] * 500 + [False] * 4) == [503]
