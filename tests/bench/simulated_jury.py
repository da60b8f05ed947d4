"""Pictures, volunteers and a machine that do not exist, for `bench_consensus`. Seeded.

Of twenty volunteers five are excellent, six good, four fair, two let nearly everything pass, one is
strict, one careless, and one presses the same button all evening. Where errors are correlated,
look-alikes are missed by everybody: people keep them four times as often as other rejects, and
one in ten of them, which the machine does not find near a look-alike either, is missed by most;
the machine scores all of them as if they were the subject.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from curation.manual.reasons import Reason
from curation.votes.aggregation.answers import ANSWERS, KEEP, LOOK_ALIKE, TRUTHS, UNSURE

UNSURE_SHARE, WRONG_REASON = 0.015, 0.1
KINDS = {
    "excellent": 5,
    "good": 6,
    "fair": 4,
    "lenient": 2,
    "strict": 1,
    "careless": 1,
    "masher": 1,
}
LOST = {"excellent": 0.01, "good": 0.02, "fair": 0.05, "lenient": 0.01, "strict": 0.2}
LOST |= {"careless": 0.15, "masher": 0.05}
"""How often each rejects what is to be kept."""
MISSED = {"excellent": 0.01, "good": 0.05, "fair": 0.1, "lenient": 0.3, "strict": 0.02}
MISSED |= {"careless": 0.25, "masher": 0.95}
"""How often each keeps what is to be rejected."""
PEOPLE = [kind for kind, num in KINDS.items() for _ in range(num)]

SHARES = {
    KEEP: 0.7,
    LOOK_ALIKE: 0.08,
    "subject_absent": 0.05,
    "other_face": 0.03,
    "blurry": 0.05,
    "covered": 0.04,
    "drawn": 0.02,
    "rephoto": 0.02,
    "duplicate": 0.01,
}
NEAR = {LOOK_ALIKE: 0.9, "subject_absent": 0.05}
NEAR_BY_MISTAKE = 0.08
HARDER, HARDEST_MISS, MOST_MISSED = 4.0, 0.6, 0.6

Places = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class World:
    """One subject's pictures (N), with the answers that people in turn would give."""

    truths: Places
    """(N,) places in TRUTHS; a look-alike that is not known to be near is a look-alike here."""
    near: NDArray[np.bool_]
    """(N,) whether the machine finds the face near a look-alike's."""
    machine: NDArray[np.float64]
    """(N,) log-odds, calibrated on pictures without look-alikes."""
    people: Places
    """(N, asked) who would be asked first, second, ..."""
    answers: Places
    """(N, asked) what they would say: places in ANSWERS."""

    @property
    def is_keeper(self) -> NDArray[np.bool_]:
        return self.truths == TRUTHS.index(KEEP)


def world(
    num: int, *, asked: int, auc: float, correlated: bool, dice: np.random.Generator
) -> World:
    truths = dice.choice(
        [TRUTHS.index(truth) for truth in SHARES], size=num, p=list(SHARES.values())
    )
    share_near = np.array([NEAR.get(truth, NEAR_BY_MISTAKE) for truth in TRUTHS])
    near = dice.random(num) < share_near[truths]
    machine = _scores(truths, auc=auc, correlated=correlated, dice=dice)
    order = np.argsort(dice.random((num, len(PEOPLE))), axis=1)[:, :asked]
    miss = _missed(truths, near, order, correlated=correlated)
    return World(truths, near, machine, order, _answers(truths, order, miss, dice))


def _scores(
    truths: Places, *, auc: float, correlated: bool, dice: np.random.Generator
) -> NDArray[np.float64]:
    """Two normal distributions as far apart as the area under the curve says."""
    apart = NormalDist().inv_cdf(auc) * 2**0.5
    seems_kept = truths == TRUTHS.index(KEEP)
    if correlated:
        seems_kept = seems_kept | (truths == TRUTHS.index(LOOK_ALIKE))
    seen = dice.standard_normal(len(truths)) + apart * seems_kept
    return apart * seen - apart**2 / 2


def _missed(
    truths: Places, near: NDArray[np.bool_], order: Places, *, correlated: bool
) -> NDArray[np.float64]:
    """(N, asked) how likely each keeps it, were it to be rejected."""
    miss = np.array([MISSED[kind] for kind in PEOPLE])[order]
    if not correlated:
        return miss
    is_alike = (truths == TRUTHS.index(LOOK_ALIKE))[:, None]
    harder = np.maximum(miss, np.minimum(miss * HARDER, MOST_MISSED))
    harder = np.where(near[:, None], harder, np.maximum(harder, HARDEST_MISS))
    return np.where(is_alike, harder, miss)


def _answers(
    truths: Places, order: Places, miss: NDArray[np.float64], dice: np.random.Generator
) -> Places:
    lost = np.array([LOST[kind] for kind in PEOPLE])[order]
    is_keeper = (truths == TRUTHS.index(KEEP))[:, None]
    keeps = dice.random(order.shape) < np.where(is_keeper, 1 - lost, miss)
    by_truth = [ANSWERS.index(_named(truth)) for truth in TRUTHS]
    reason = np.array(by_truth)[truths][:, None]
    any_reason = dice.integers(1, 1 + len(Reason), order.shape)
    wrong = is_keeper | (dice.random(order.shape) < WRONG_REASON)
    said = np.where(keeps, ANSWERS.index(KEEP), np.where(wrong, any_reason, reason))
    return np.where(dice.random(order.shape) < UNSURE_SHARE, ANSWERS.index(UNSURE), said)


def _named(truth: str) -> str:
    return Reason.SUBJECT_ABSENT.value if truth == LOOK_ALIKE else truth
