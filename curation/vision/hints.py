"""From columns to one score for each reason to throw a picture out: one softmax over them all.

It has two classes more: pictures to keep, and odd ones, so that what nobody has met yet is
suspected too. As all scores add up to 1, one reason explains another away: who is far from the
portraits because a mask hides the face is covered, not somebody else.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from curation.vision.hint_columns import COLUMNS

HINTS_VERSION = 2
"""One higher whenever the columns or the prior change: all scores are then made anew."""

REASONS = (
    "subject_absent",
    "other_face",
    "blurry",
    "covered",
    "drawn",
    "rephoto",
    "duplicate",
    "generated",
)
KEEP, ODD = "keep", "odd"
"""Odd is unlike pictures to keep, but for no reason that it knows."""
SUSPECTED = (*REASONS, ODD)
CLASSES = (KEEP, *SUSPECTED)

PRIOR = Path(__file__).with_name("hint_prior.csv")
"""Pictures with known answers: `tests/bench/fit_hints.py` makes it."""
_STRENGTH = 1.0
"""Inverse of the ridge on the weights, per example of weight 1."""

Rows = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Examples:
    """Pictures with known answers."""

    rows: Rows
    """(N, len(COLUMNS))."""
    answers: NDArray[np.intp]
    """(N,) places in CLASSES. A picture with several reasons stands here once for each."""
    weights: NDArray[np.float64]
    """(N,) how much each counts."""

    def __add__(self, more: Examples) -> Examples:
        return Examples(
            np.concatenate([self.rows, more.rows]),
            np.concatenate([self.answers, more.answers]),
            np.concatenate([self.weights, more.weights]),
        )

    def taken(self, which: NDArray[np.bool_] | NDArray[np.intp]) -> Examples:
        return Examples(self.rows[which], self.answers[which], self.weights[which])


@dataclass(frozen=True, slots=True, eq=False)
class Softmax:
    """Weights for columns that were brought to mean 0 and spread 1."""

    mean: NDArray[np.float64]
    """(len(COLUMNS),)."""
    spread: NDArray[np.float64]
    weights: NDArray[np.float64]
    """(len(COLUMNS), len(CLASSES))."""
    bias: NDArray[np.float64]
    """(len(CLASSES),)."""

    def __call__(self, rows: Rows) -> NDArray[np.float64]:
        """The scores (N, len(CLASSES)) of rows (N, len(COLUMNS)), 0 to 1, each row's sum is 1."""
        odds = (rows - self.mean) / self.spread @ self.weights + self.bias
        odds = np.exp(odds - odds.max(axis=1, keepdims=True))
        scores: NDArray[np.float64] = odds / odds.sum(axis=1, keepdims=True)
        return scores

    def as_dict(self) -> dict[str, Any]:
        """To be kept as JSON."""
        return {name: getattr(self, name).round(6).tolist() for name in self.__slots__}

    @classmethod
    def from_dict(cls, kept: dict[str, Any]) -> Self:
        return cls(**{name: np.array(kept[name], np.float64) for name in cls.__slots__})


def fit(examples: Examples) -> Softmax:
    """The softmax that explains the examples best, with a ridge; a class without any never scores.

    Takes seconds for thousands. By scikit-learn's LogisticRegression.
    """
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415, takes a second to load

    mean = np.average(examples.rows, axis=0, weights=examples.weights)
    spread = np.sqrt(np.average((examples.rows - mean) ** 2, axis=0, weights=examples.weights))
    spread = np.where(spread > 1e-6, spread, 1.0)
    model = LogisticRegression(C=_STRENGTH, max_iter=5000)
    model.fit((examples.rows - mean) / spread, examples.answers, sample_weight=examples.weights)
    weights = np.zeros((len(COLUMNS), len(CLASSES)))
    bias = np.full(len(CLASSES), -50.0)
    weights[:, model.classes_], bias[model.classes_] = model.coef_.T, model.intercept_
    return Softmax(mean, spread, weights, bias)


@cache
def prior() -> Examples:
    """The examples that everybody starts from."""
    with PRIOR.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return Examples(
        np.array([[float(row[column]) for column in COLUMNS] for row in rows]),
        np.array([CLASSES.index(row["answer"]) for row in rows]),
        np.array([float(row["weight"]) for row in rows]),
    )
