"""From what people decided to what is learnt from it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from curation.vision.hint_columns import COLUMNS, Evidence, row_of
from curation.vision.hints import CLASSES, KEEP, Examples, Softmax, fit

OF_DECIDED = 1.0
"""How much a decision of the subject's own counts, against an example of the prior."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one image."""

    image_id: int
    reasons: tuple[str, ...]
    """That it was rejected for; none when it was kept."""

    @property
    def classes(self) -> tuple[str, ...]:
        return self.reasons or (KEEP,)


def without_subject(answers: Iterable[Answer]) -> set[int]:
    """The images that were rejected as the subject is not there: their faces are strangers'."""
    return {answer.image_id for answer in answers if "subject_absent" in answer.reasons}


def examples_of(
    evidence: Mapping[int, Evidence], answers: Iterable[Answer]
) -> tuple[Examples, NDArray[np.intp]]:
    """The decided images, and to which each example belongs: one stands there for each reason."""
    rows, classes, weights, whose = [], [], [], []
    for answer in answers:
        if answer.image_id not in evidence:
            continue
        row = row_of(evidence[answer.image_id])
        for name in answer.classes:
            rows.append(row)
            classes.append(CLASSES.index(name))
            weights.append(OF_DECIDED / len(answer.classes))
            whose.append(answer.image_id)
    examples = Examples(
        np.array(rows).reshape(-1, len(COLUMNS)), np.array(classes, np.intp), np.array(weights)
    )
    return examples, np.array(whose, np.intp)


def softmax_of(start: Examples, own: Examples) -> Softmax:
    """What a subject's own decisions make of what everybody starts from."""
    return fit(start + own)
