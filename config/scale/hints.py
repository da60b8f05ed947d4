"""Hints on pictures without bytes: what the real softmax makes of evidence from other pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

import numpy as np
from django.utils import timezone
from numpy.typing import NDArray

from curation.hints.basis import basis_of
from curation.hints.models import Fitting, Hint
from curation.hints.reliability import FEWEST, bins_of
from curation.images.models import Measures
from curation.jobs import JobState
from curation.subjects.models import Subject
from curation.vision.hint_columns import COLUMNS
from curation.vision.hints import CLASSES, HINTS_VERSION, KEEP, SUSPECTED, Softmax, fit, prior

_BAD, _MISTAKEN = 0.3, 0.05
"""Shares of what is to be rejected of the undecided ones, and of what looks like the other kind."""


def hints_on(
    subject: Subject, measures: Sequence[Measures], rejected: Mapping[int, bool], seed: int
) -> list[Hint]:
    """A hint for each row of measures, which is filled in too. Neither is saved.

    `rejected` says by image what became of those that are decided.
    """
    random = np.random.default_rng(seed)
    of_decided = np.array([rejected.get(row.image_id, random.random() < _BAD) for row in measures])
    rows = _rows(of_decided ^ (random.random(len(measures)) < _MISTAKEN), random)
    scores = _softmax()(rows)
    return [_hint(subject, *each) for each in zip(measures, rows, scores, strict=True)]


def add_fitting(
    subject: Subject, measures: Sequence[Measures], rejected: Mapping[int, bool]
) -> None:
    """The job that would have made those hints, with how far they can be believed."""
    decided = [row for row in measures if row.image_id in rejected]
    suspicion = np.array([row.suspicion for row in decided])
    was_rejected = np.array([rejected[row.image_id] for row in decided])
    bins = bins_of(suspicion, was_rejected) if len(decided) >= FEWEST else []
    Fitting.objects.create(
        subject=subject,
        state=JobState.DONE,
        version=1,
        hints_version=HINTS_VERSION,
        basis=basis_of(subject).as_dict(),
        num_learnt=len(decided),
        softmax=_softmax().as_dict(),
        reliability=[each.as_list() for each in bins],
        fitted_at=timezone.now(),
    )


@cache
def _softmax() -> Softmax:
    return fit(prior())


def _rows(is_bad: NDArray[np.bool_], random: np.random.Generator) -> NDArray[np.float64]:
    """(N, len(COLUMNS)) rows of pictures that are to be kept or rejected, each a little moved."""
    known = prior()
    kept = known.answers == CLASSES.index(KEEP)
    bad, good = np.flatnonzero(~kept), np.flatnonzero(kept)
    rows = known.rows[
        np.where(is_bad, random.choice(bad, len(is_bad)), random.choice(good, len(is_bad)))
    ]
    rows[:, list(COLUMNS).index("unlike")] += random.normal(0, 0.01, len(rows))
    return rows


def _hint(
    subject: Subject, of: Measures, row: NDArray[np.float64], scores: NDArray[np.float64]
) -> Hint:
    by_column = dict(zip(COLUMNS, row.tolist(), strict=True))
    by_class = dict(zip(CLASSES, scores.tolist(), strict=True))
    likeliest = max(by_class, key=lambda name: by_class[name])
    of.likeness = None if by_column["no_face"] else by_column["unlike"]
    of.suspicion = round(1 - by_class[KEEP], 4)
    of.suspected = "" if likeliest == KEEP else likeliest
    of.suspicion_alone, of.suspected_alone = of.suspicion, of.suspected  # no two are alike
    return Hint(
        image_id=of.image_id,
        subject=subject,
        version=1,
        row=row.astype("<f4").tobytes(),
        **{name: round(by_class[name], 4) for name in SUSPECTED},
    )
