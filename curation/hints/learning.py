"""What a folder's own answers teach, measured on the rest of it. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from curation.analysis.look import Seen
from curation.hints.evaluate import evaluate
from curation.hints.labelled import evidence_of, worse_copies
from curation.hints.lessons import Answer, examples_of, softmax_of, without_subject
from curation.vision.hint_columns import row_of
from curation.vision.hints import prior

ROUNDS = 10


@dataclass(frozen=True, slots=True, eq=False)
class Folder:
    """Pictures of one subject, and what each is to be rejected for."""

    answers: Sequence[frozenset[str]]
    seen: Sequence[Seen]
    portraits: Sequence[Seen]
    look_alikes: Sequence[Sequence[Seen]]


@dataclass(frozen=True, slots=True)
class Learnt:
    """Means over the rounds."""

    precision: dict[str, float]
    """By reason."""
    area: float


def after(folder: Folder, num_decided: int, *, learns: bool) -> Learnt:
    """Judge the pictures that were not decided, once so many others were, chosen at random.

    Without `learns` the same pictures, judged as if nothing had been decided.
    """
    copies = worse_copies(folder.seen)
    precisions: dict[str, list[float]] = defaultdict(list)
    areas = []
    for round_ in range(ROUNDS):
        order = np.random.default_rng(round_).permutation(len(folder.answers))
        decided, others = order[:num_decided], order[num_decided:]
        answers = [Answer(i, tuple(sorted(folder.answers[i]))) for i in decided if learns]
        evidence = evidence_of(
            folder.seen,
            portraits=folder.portraits,
            look_alikes=folder.look_alikes,
            copies=copies,
            without_subject=without_subject(answers),
        )
        own, _whose = examples_of(dict(enumerate(evidence)), answers)
        rows = np.array([row_of(evidence[i]) for i in others])
        scores = softmax_of(prior(), own)(rows)
        told = evaluate([folder.answers[i] for i in others], scores)
        areas.append(told.area if told.area is not None else np.nan)
        for row in told.reasons:
            precisions[row.reason].append(row.average_precision)
    means = {reason: float(np.mean(each)) for reason, each in precisions.items()}
    return Learnt(means, float(np.nanmean(areas)))
