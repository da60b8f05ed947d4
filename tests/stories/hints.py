"""Pictures that the machine has looked at, with signs that it would see in them."""

from __future__ import annotations

import numpy as np

from curation.analysis.models import Analysis, Face, StoredSigns
from curation.hints.fit_hints import fit_hints
from curation.hints.models import Fitting, Hint
from curation.images.models import Image
from curation.jobs import JobState
from curation.subjects.models import Subject
from curation.vision.hints import SUSPECTED
from tests.stories.duplicates import looked_at, motif_of

CLEAR = {"blurry": -3.0, "covered": -4.0, "drawn": -5.0, "rephoto": -6.0}


def seen(image: Image, *, yaw: float = 5, likeness: float = 0.2, **odds: float) -> Analysis:
    """The analysis of an image with one clear face, but for the signs that are named.

    The face is so far from that of a portrait with a descriptor of zeros.
    """
    analysis = looked_at(image, motif_of(image.number), sharpness=0.5)
    Analysis.objects.filter(pk=analysis.pk).update(hinted_by=0)
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
