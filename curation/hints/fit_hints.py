"""Learn from a subject's decisions, and score all its images."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np
from django.db import transaction
from django.utils import timezone
from numpy.typing import NDArray

from curation.analysis.look import VISION_VERSION
from curation.analysis.models import Analysis
from curation.hints.basis import basis_of
from curation.hints.decided import answers_of
from curation.hints.lessons import examples_of, softmax_of
from curation.hints.material import evidence_of, faces_of, pictures_of
from curation.hints.models import Fitting, Hint
from curation.hints.portraits import look_alikes_of, portraits_of
from curation.hints.reliability import reliability_of
from curation.images.models import Measures
from curation.jobs import JobState, LeaseLost
from curation.subjects.gate import ConsentMissing, require_consent
from curation.subjects.models import Act
from curation.vision.gallery import NOBODY
from curation.vision.hint_columns import Evidence, row_of
from curation.vision.hints import CLASSES, HINTS_VERSION, KEEP, SUSPECTED, Softmax, prior

logger = logging.getLogger(__name__)

AT_ONCE = 1000
"""Images whose scores are written in one transaction."""


def fit_hints(*, fitting_id: int) -> None:
    """Make a subject's hints. Safe to run again. Without consent no picture is looked at."""
    fitting = Fitting.claim(fitting_id)
    if fitting is None:
        return
    try:
        _fit(fitting)
    except LeaseLost:
        logger.warning("fitting_taken_over subject=%s", fitting.subject_id)
    except ConsentMissing:
        fitting.finish(JobState.DONE)  # begins again when there is one
    except Exception as error:
        if fitting.put_off(error):
            return
        # Whatever it is, the job must not stay "running" for ever.
        logger.exception("fitting_broke subject=%s", fitting.subject_id)
        fitting.finish(JobState.FAILED, "broke")


def _fit(fitting: Fitting) -> None:
    subject = fitting.subject
    with transaction.atomic():
        require_consent(subject, Act.CURATE)
    basis = basis_of(subject)
    answers = answers_of(subject)
    pictures, faces = pictures_of(subject), faces_of(subject)
    fitting.renew()
    evidence = evidence_of(
        subject,
        pictures,
        faces,
        portraits=portraits_of(subject, fitting),
        look_alikes=look_alikes_of(subject, fitting),
    )
    fitting.renew()
    own, whose = examples_of(evidence, answers)
    softmax = softmax_of(prior(), own)
    reliability = reliability_of(own, whose, partial(softmax_of, prior()))
    _keep_scores(fitting, evidence, softmax)
    fitting.finish(
        JobState.DONE,
        version=fitting.version + 1,
        hints_version=HINTS_VERSION,
        basis=basis.as_dict(),
        num_learnt=len(np.unique(whose)),
        softmax=softmax.as_dict(),
        reliability=[each.as_list() for each in reliability],
        fitted_at=timezone.now(),
    )


def _keep_scores(fitting: Fitting, evidence: Mapping[int, Evidence], softmax: Softmax) -> None:
    """Replace the subject's scores, some at a time."""
    version = fitting.version + 1
    all_keys = list(evidence)
    for start in range(0, len(all_keys), AT_ONCE):
        fitting.renew()
        keys = all_keys[start : start + AT_ONCE]
        _keep_some(fitting, keys, [evidence[pk] for pk in keys], softmax, version)
    Hint.objects.filter(subject=fitting.subject_id).exclude(version=version).delete()


@transaction.atomic
def _keep_some(
    fitting: Fitting,
    keys: Sequence[int],
    evidence: Sequence[Evidence],
    softmax: Softmax,
    version: int,
) -> None:
    """Raises LeaseLost, ConsentMissing."""
    require_consent(fitting.subject, Act.CURATE)
    if not fitting.is_still_mine():
        raise LeaseLost
    rows = np.array([row_of(each) for each in evidence])
    scores = softmax(rows)
    Hint.objects.bulk_create(
        [
            Hint(
                image_id=pk,
                subject_id=fitting.subject_id,
                version=version,
                row=row.astype("<f4").tobytes(),
                **{name: round(of[CLASSES.index(name)], 4) for name in SUSPECTED},
            )
            for pk, row, of in zip(keys, rows, scores.tolist(), strict=True)
        ],
        update_conflicts=True,
        unique_fields=["image"],
        update_fields=["version", "row", *SUSPECTED],
    )
    Measures.objects.bulk_update(
        [_measures(*each) for each in zip(keys, evidence, scores, strict=True)],
        ["likeness", "suspicion", "suspected"],
    )
    Analysis.objects.filter(
        image__in=keys, state=JobState.DONE, vision_version=VISION_VERSION
    ).update(hinted_by=HINTS_VERSION)


def _measures(pk: int, evidence: Evidence, scores: NDArray[np.float64]) -> Measures:
    subject, likeliest = evidence.subject, CLASSES[int(scores.argmax())]
    is_known = subject is not None and subject.unlike < NOBODY
    return Measures(
        image_id=pk,
        likeness=subject.unlike if subject and is_known else None,
        suspicion=round(1 - float(scores[CLASSES.index(KEEP)]), 4),
        suspected="" if likeliest == KEEP else likeliest,
    )
