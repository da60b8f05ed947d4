"""Without priors it says what crowd-kit says, and what the paper's formulas say one by one."""

from __future__ import annotations

import json
import math
import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from curation.votes.aggregation.dawid_skene import Fit, Known, Prior, Votes, dawid_skene

CROWD_KIT = json.loads(Path(__file__).with_name("crowd_kit.json").read_text(encoding="utf-8"))
Vote = tuple[int, int, int]
"""The picture, the person, and what they said."""
LEAST = 1e-10


def ours(votes: list[Vote], *, num_answers: int, rounds: int) -> Fit:
    pictures, people, said = np.array(votes, np.intp).T
    num, num_people = pictures.max() + 1, people.max() + 1
    nothing = np.zeros((num_people, num_answers, num_answers))
    square, none = nothing[0], np.zeros((1, num_answers))
    prior = Prior(none, square, 0.0, 0.0, nothing, none == 0)
    rows = np.eye(num_answers)[said]
    shares = np.zeros((num, num_answers))
    np.add.at(shares, pictures, rows)
    return dawid_skene(
        Votes(pictures, people, rows),
        Known.nothing(num, num_answers),
        prior,
        start=shares / shares.sum(axis=1, keepdims=True),
        most_rounds=rounds,
        tolerance=-1.0,
    )


def test_it_says_what_crowd_kit_says_of_the_same_votes() -> None:
    votes = [(picture, person, said) for picture, person, said in CROWD_KIT["votes"]]
    fit = ours(votes, num_answers=3, rounds=CROWD_KIT["rounds"])
    assert fit.posteriors == pytest.approx(np.array(CROWD_KIT["posteriors"]), abs=1e-6)
    assert fit.truths[0] == pytest.approx(np.array(CROWD_KIT["truths"]), abs=1e-6)
    assert fit.matrices == pytest.approx(np.array(CROWD_KIT["matrices"]), abs=1e-6)


@pytest.mark.parametrize("seed", range(5))
def test_it_says_what_the_formulas_say_one_by_one(seed: int) -> None:
    dice = random.Random(seed)
    votes = [
        (picture, person, picture % 2 if dice.random() < 0.6 + person / 20 else dice.randrange(3))
        for picture in range(30)
        for person in dice.sample(range(6), 3)
    ]
    votes += [(30, person, 0) for person in range(6)]
    fit = ours(votes, num_answers=3, rounds=8)
    plain = one_by_one(votes, num=31, num_people=6, num_answers=3, rounds=8)
    assert fit.posteriors == pytest.approx(np.array(plain["posteriors"]), abs=1e-8)
    assert fit.matrices == pytest.approx(np.array(plain["matrices"]), abs=1e-8)
    assert fit.truths[0] == pytest.approx(np.array(plain["truths"]), abs=1e-8)


def one_by_one(
    votes: list[Vote], *, num: int, num_people: int, num_answers: int, rounds: int
) -> dict[str, Any]:
    """The paper's (2.3) to (2.5), in loops."""
    posteriors = [
        _shares_of([said for n, _, said in votes if n == p], num_answers) for p in range(num)
    ]
    for _ in range(rounds):
        truths, matrices = _estimates(votes, posteriors, num_people, num_answers)
        posteriors = [
            _posterior([each for each in votes if each[0] == picture], truths, matrices)
            for picture in range(num)
        ]
    truths, matrices = _estimates(votes, posteriors, num_people, num_answers)
    return {"posteriors": posteriors, "truths": truths, "matrices": matrices}


def _shares_of(said: list[int], num_answers: int) -> list[float]:
    return [said.count(answer) / len(said) for answer in range(num_answers)]


def _estimates(
    votes: list[Vote], posteriors: list[list[float]], num_people: int, num_answers: int
) -> tuple[list[float], list[list[list[float]]]]:
    answers = range(num_answers)
    truths = [sum(row[truth] for row in posteriors) / len(posteriors) for truth in answers]
    matrices = []
    for someone in range(num_people):
        theirs = [(picture, said) for picture, person, said in votes if person == someone]
        rows = []
        for truth in answers:
            counts = [
                max(LEAST, sum(posteriors[p][truth] for p, said in theirs if said == answer))
                for answer in answers
            ]
            rows.append([count / sum(counts) for count in counts])
        matrices.append(rows)
    return truths, matrices


def _posterior(
    votes: list[Vote], truths: list[float], matrices: list[list[list[float]]]
) -> list[float]:
    likely = [
        max(share, LEAST) * math.prod(matrices[person][truth][said] for _, person, said in votes)
        for truth, share in enumerate(truths)
    ]
    return [each / sum(likely) for each in likely]
