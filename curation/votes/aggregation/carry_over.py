"""What is believed of people before a subject's first vote: what the earlier subjects told.

Shrunk three times: one person's answers toward those of all, this subject's answers of all toward
the earlier subjects', and those toward what is believed of anybody. How much each weighs is said
in answers, so that a few of somebody's own outweigh it soon.
"""

from __future__ import annotations

import numpy as np

from curation.manual.reasons import Reason
from curation.votes.aggregation.answers import (
    ANSWERS,
    KEEP,
    LOOK_ALIKE,
    TRUTHS,
    UNSURE,
    possible,
)
from curation.votes.aggregation.dawid_skene import Fit, Prior, Rows

STRATA = (False, True)
"""Whether a look-alike is near."""

OWN_STRENGTH = 8.0
"""Answers to each truth that everybody is believed to have given like all together: kept or not."""
REASONS_STRENGTH = 100.0
"""And in the reasons that they gave."""
POOLED_STRENGTH = 60.0
"""Answers to each truth that all earlier subjects together count for."""
TRUTHS_STRENGTH = 20.0
"""Pictures of each stratum that they count for, in the share of each truth."""
MOST_CARRIED = 60.0
"""Answers of one person to one truth that are carried at most: people change."""

_KEPT, _LOOK_ALIKE_KEPT, _LOST, _OTHER_REASON, _UNSURE = 0.1, 0.25, 0.04, 0.1, 0.02
_SHARE_KEPT = 0.7


def first_prior(num_people: int) -> Prior:
    """What is believed where nothing is known: most people see most."""
    carried = np.zeros((num_people, len(TRUTHS), len(ANSWERS)))
    can_be = np.array([possible(look_alike_near=near) for near in STRATA])
    rejects = can_be[:, 1:] / can_be[:, 1:].sum(axis=1, keepdims=True)
    shares = np.hstack([np.full((len(STRATA), 1), _SHARE_KEPT), (1 - _SHARE_KEPT) * rejects])
    rows = np.array([_anybody(truth) for truth in TRUTHS])
    return Prior(
        shares * TRUTHS_STRENGTH,
        rows * POOLED_STRENGTH,
        OWN_STRENGTH,
        REASONS_STRENGTH,
        carried,
        can_be,
    )


def carried_over(fit: Fit, earlier: Prior) -> Prior:
    """The prior of the next subject, after `fit` of one that began with `earlier`."""
    answers = earlier.carried + fit.counts
    num = answers.sum(axis=2, keepdims=True)
    carried = answers * np.minimum(1.0, MOST_CARRIED / np.maximum(num, MOST_CARRIED))
    return Prior(
        truths=fit.truths * earlier.possible * TRUTHS_STRENGTH,
        answers=fit.pooled * POOLED_STRENGTH,
        strength=earlier.strength,
        reasons=earlier.reasons,
        carried=carried,
        possible=earlier.possible,
    )


def _anybody(truth: str) -> Rows:
    """(A,) what is answered to a truth."""
    if truth == KEEP:
        others = {reason.value: _LOST / len(Reason) for reason in Reason}
        return _row({KEEP: 1 - _LOST - _UNSURE, UNSURE: _UNSURE, **others})
    kept = _LOOK_ALIKE_KEPT if truth == LOOK_ALIKE else _KEPT
    right = Reason.SUBJECT_ABSENT.value if truth == LOOK_ALIKE else truth
    others = {each.value: _OTHER_REASON / (len(Reason) - 1) for each in Reason if each != right}
    return _row({KEEP: kept, UNSURE: _UNSURE, right: 1 - kept - _UNSURE - _OTHER_REASON, **others})


def _row(shares: dict[str, float]) -> Rows:
    return np.array([shares[answer] for answer in ANSWERS])
