"""How good hints are on pictures whose right answers are known. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from curation.analysis.labelled import area_under_curve
from curation.vision.hints import CLASSES, KEEP, REASONS

Scores = NDArray[np.float64]
"""(N, len(CLASSES))."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonRow:
    """How well one reason is suspected."""

    reason: str
    num: int
    """Pictures that were rejected for it."""
    average_precision: float
    false_alarms: float
    """Share of the pictures to keep of which it is suspected more than of keeping them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    reasons: list[ReasonRow]
    """Of those for which any picture was rejected."""
    area: float | None
    """Under the curve of keeping and rejecting: how often a picture to reject is suspected more
    than one to keep. None where there are no two kinds."""
    mistakes: list[tuple[int, str, float]]
    """The most mistaken first: the picture's place, its likeliest class, and how little the right
    one was thought of."""


def either_way(
    answers: Sequence[frozenset[str]],
    duplicate_of: Mapping[int, int],
    worse_copies: Mapping[int, int],
) -> list[frozenset[str]]:
    """The answers, where of a labelled duplicate and its original either may be the duplicate.

    `duplicate_of` and `worse_copies` tell by places which is a copy of which: as the labels say,
    and as the machine thinks, which keeps the better one.
    """
    right = list(answers)
    for copy, original in duplicate_of.items():
        if copy not in worse_copies and original in worse_copies and not right[original]:
            right[copy], right[original] = frozenset(), frozenset({"duplicate"})
    return right


def evaluate(answers: Sequence[frozenset[str]], scores: Scores) -> Evaluation:
    """Compare scores with the right answers: the reasons to reject, none for keeping."""
    keep = np.array([not each for each in answers])
    suspicion = 1 - scores[:, CLASSES.index(KEEP)]
    return Evaluation(
        reasons=[
            _row(reason, answers, scores, keep)
            for reason in REASONS
            if any(reason in each for each in answers)
        ],
        area=(
            area_under_curve(suspicion[keep], suspicion[~keep])
            if 0 < keep.sum() < len(keep)
            else None
        ),
        mistakes=_mistakes(answers, scores),
    )


def _row(
    reason: str, answers: Sequence[frozenset[str]], scores: Scores, keep: NDArray[np.bool_]
) -> ReasonRow:
    place = CLASSES.index(reason)
    has_it = np.array([reason in each for each in answers])
    alarms = scores.argmax(axis=1) == place
    return ReasonRow(
        reason=reason,
        num=int(has_it.sum()),
        average_precision=average_precision(has_it, scores[:, place]),
        false_alarms=float(alarms[keep].mean()) if keep.any() else 0.0,
    )


def average_precision(has_it: NDArray[np.bool_], scores: NDArray[np.float64]) -> float:
    """Mean over the pictures that have it of how many above them have it too."""
    from sklearn.metrics import average_precision_score  # noqa: PLC0415, takes a second to load

    return float(average_precision_score(has_it, scores))


def _mistakes(answers: Sequence[frozenset[str]], scores: Scores) -> list[tuple[int, str, float]]:
    found = []
    for place, each in enumerate(answers):
        right = [CLASSES.index(name) for name in (each or {KEEP})]
        likeliest = int(scores[place].argmax())
        if likeliest not in right:
            found.append((place, CLASSES[likeliest], float(scores[place][right].max())))
    return sorted(found, key=lambda mistake: mistake[2])
