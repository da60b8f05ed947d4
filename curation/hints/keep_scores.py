"""Write the scores of a subject's images, some at a time, and remove those that went."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from django.db import transaction
from numpy.typing import NDArray

from curation.analysis.look import VISION_VERSION
from curation.analysis.models import Analysis
from curation.hints.models import Fitting, Hint
from curation.images.measures import NO_HINTS
from curation.images.models import Measures
from curation.jobs import JobState, LeaseLost
from curation.subjects.gate import require_consent
from curation.subjects.models import Act
from curation.vision.gallery import NOBODY
from curation.vision.hint_columns import Evidence, row_of, without_copy
from curation.vision.hints import CLASSES, HINTS_VERSION, KEEP, SUSPECTED, Softmax

NEAR_ANOTHER = 0.5
"""A face nearer than this to somebody else's may be theirs: faces of one person are nearer than
0.4, and further than 0.6 are two people's."""
AT_ONCE = 200
"""Images whose scores are written in one transaction, so that nobody else waits long."""


def keep_scores(
    fitting: Fitting,
    evidence: Mapping[int, Evidence],
    softmax: Softmax,
    *,
    numbers: Mapping[int, int],
) -> None:
    """Replace the scores of the subject's images. `numbers` has the number of each image.

    Raises LeaseLost, ConsentMissing.
    """
    keys = list(evidence)
    for start in range(0, len(keys), AT_ONCE):
        fitting.renew()
        some = keys[start : start + AT_ONCE]
        rows = np.array([row_of(evidence[pk]) for pk in some])
        scores, alone = softmax(rows), softmax(without_copy(rows))
        hints, measures = {}, {}
        for pk, row, of, of_alone in zip(some, rows, scores, alone, strict=True):
            hints[pk] = _hint(fitting, pk, row, of)
            measures[pk] = Measures(
                image_id=pk,
                subject_id=fitting.subject_id,
                number=numbers[pk],
                likeness=_likeness(evidence[pk]),
                suspicion=_suspicion(of),
                suspected=_suspected(of),
                suspicion_alone=_suspicion(of_alone),
                suspected_alone=_suspected(of_alone),
                near_another=_is_near_another(evidence[pk]),
            )
        _keep_some(fitting, hints, measures)
    _remove_older(fitting)


def _hint(fitting: Fitting, pk: int, row: NDArray[np.float64], scores: NDArray[np.float64]) -> Hint:
    return Hint(
        image_id=pk,
        subject_id=fitting.subject_id,
        version=fitting.version + 1,
        row=row.astype("<f4").tobytes(),
        **{name: round(float(scores[CLASSES.index(name)]), 4) for name in SUSPECTED},
    )


def _likeness(evidence: Evidence) -> float | None:
    subject = evidence.subject
    return subject.unlike if subject and subject.unlike < NOBODY else None


def _is_near_another(evidence: Evidence) -> bool:
    return any(face.unlike_another < NEAR_ANOTHER for face in evidence.faces)


def _suspicion(scores: NDArray[np.float64]) -> float:
    return round(1 - float(scores[CLASSES.index(KEEP)]), 4)


def _suspected(scores: NDArray[np.float64]) -> str:
    likeliest = CLASSES[int(scores.argmax())]
    return "" if likeliest == KEEP else likeliest


@transaction.atomic
def _keep_some(
    fitting: Fitting, hints: Mapping[int, Hint], measures: Mapping[int, Measures]
) -> None:
    """Of images that went or are looked at anew meanwhile, nothing is kept."""
    _require_right(fitting)
    looks = Analysis.objects.select_for_update(of=("self",)).filter(
        image__in=list(hints),
        image__purged_at=None,
        state=JobState.DONE,
        vision_version=VISION_VERSION,
    )
    there = list(looks.order_by("pk").values_list("pk", "image"))
    Hint.objects.bulk_create(
        [hints[image] for _pk, image in there],
        update_conflicts=True,
        unique_fields=["image"],
        update_fields=["version", "row", *SUSPECTED],
    )
    Measures.objects.bulk_create(
        [measures[image] for _pk, image in there],
        update_conflicts=True,
        unique_fields=["image"],
        update_fields=list(NO_HINTS),
    )
    Analysis.objects.filter(pk__in=[pk for pk, _image in there]).update(hinted_by=HINTS_VERSION)


def pass_over(fitting: Fitting, looks: Sequence[int]) -> None:
    """Note that there is nothing to suspect in these looks: of pictures that are purged, or by an
    older version that knew no signs. Raises LeaseLost, ConsentMissing."""
    for start in range(0, len(looks), AT_ONCE):
        with transaction.atomic():
            _require_right(fitting)
            some = Analysis.objects.filter(pk__in=looks[start : start + AT_ONCE], hinted_by=0)
            some.filter(state=JobState.DONE).update(hinted_by=HINTS_VERSION)


@transaction.atomic
def _remove_older(fitting: Fitting) -> None:
    _require_right(fitting)
    older = Hint.objects.filter(subject=fitting.subject_id, version__lte=fitting.version)
    Measures.objects.filter(image__in=older.values("image")).update(**NO_HINTS)
    older.delete()


def _require_right(fitting: Fitting) -> None:
    """Raises LeaseLost, ConsentMissing."""
    require_consent(fitting.subject, Act.CURATE)
    if not fitting.is_still_mine():
        raise LeaseLost
