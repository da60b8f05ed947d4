"""Pictures that the machine has looked at, with signs that it would see in them."""

from __future__ import annotations

import numpy as np
from django.utils import timezone

from curation.analysis.models import Analysis, Face, StoredSigns
from curation.hints.fit_hints import fit_hints
from curation.hints.models import Fitting, Hint
from curation.images.models import Image
from curation.jobs import JobState
from curation.subjects.models import Subject
from curation.vision.duplicates import DUPLICATES_VERSION
from curation.vision.hint_columns import COLUMNS
from curation.vision.hints import CLASSES, HINTS_VERSION, SUSPECTED, Softmax
from tests.stories.duplicates import looked_at, motif_of

CLEAR = {"blurry": -3.0, "covered": -4.0, "drawn": -5.0, "rephoto": -6.0}


def seen(image: Image, *, yaw: float = 5, likeness: float = 0.2, **odds: float) -> Analysis:
    """The analysis of an image with one clear face, but for the signs that are named.

    The face is so far from that of a portrait with a descriptor of zeros.
    """
    analysis = looked_at(image, motif_of(image.number), sharpness=0.5)
    Analysis.objects.filter(pk=analysis.pk).update(hinted_by=0, compared_by=DUPLICATES_VERSION)
    StoredSigns.objects.update_or_create(analysis=analysis, defaults=CLEAR | odds)
    direction = np.random.default_rng(image.number).normal(size=128)
    descriptor = direction / np.linalg.norm(direction) * likeness
    Image.objects.filter(pk=image.pk).update(width=640, height=480)
    Face.objects.filter(analysis=analysis).update(
        descriptor=descriptor.astype("<f4").tobytes(), yaw=yaw, score=0.95, right=256, bottom=300
    )
    return analysis


def fit(subject: Subject) -> Fitting:
    """What the worker does once the supervisor has asked for it."""
    fitting, _new = Fitting.objects.update_or_create(
        subject=subject, defaults={"state": JobState.WAITING, "attempt": 0}
    )
    fit_hints(fitting_id=fitting.pk)
    fitting.refresh_from_db()
    return fitting


def suspected(image: Image) -> dict[str, float]:
    """The image's scores by reason."""
    hint = Hint.objects.get(image=image)
    return {name: getattr(hint, name) for name in SUSPECTED}


def speaking(**by_reason: dict[str, float]) -> Softmax:
    """A softmax that knows these weights, and columns of mean 0 and spread 1."""
    weights = np.zeros((len(COLUMNS), len(CLASSES)))
    for reason, columns in by_reason.items():
        for column, weight in columns.items():
            weights[list(COLUMNS).index(column), CLASSES.index(reason)] = weight
    return Softmax(np.zeros(len(COLUMNS)), np.ones(len(COLUMNS)), weights, np.zeros(len(CLASSES)))


def suspect(image: Image, reason: str, because: str) -> None:
    """The machine suspects the image of this, as one column is high, and nothing else of it."""
    row = np.zeros(len(COLUMNS), "<f4")
    row[list(COLUMNS).index(because)] = 2
    scores = dict.fromkeys(SUSPECTED, 0.0) | {reason: 0.8, "odd": 0.05}
    Hint.objects.update_or_create(
        image=image,
        defaults={"subject": image.subject, "version": 1, "row": row.tobytes(), **scores},
    )
    Fitting.objects.update_or_create(
        subject=image.subject,
        defaults={
            "state": JobState.DONE,
            "version": 1,
            "hints_version": HINTS_VERSION,
            "fitted_at": timezone.now(),
            "softmax": speaking(**{reason: {because: 1.0}}).as_dict(),
        },
    )
