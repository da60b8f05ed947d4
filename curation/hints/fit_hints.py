"""Learn from a subject's decisions, and score all its images."""

from __future__ import annotations

import numpy as np
from django.db import transaction
from django.utils import timezone

from curation.hints.basis import basis_of
from curation.hints.decided import answers_of
from curation.hints.keep_scores import keep_scores, pass_over
from curation.hints.lessons import examples_of, softmax_of, without_subject
from curation.hints.material import evidence_of, faces_of, looks_without_hints, pictures_of
from curation.hints.models import Fitting
from curation.hints.portraits import forget_portraits_that_went, look_alikes_of, portraits_of
from curation.hints.reliability import reliability_of
from curation.jobs import JobState, work_on
from curation.subjects.gate import ConsentMissing, require_consent
from curation.subjects.models import Act
from curation.vision.hints import HINTS_VERSION, Examples, Softmax, prior


def fit_hints(*, fitting_id: int) -> None:
    """Make a subject's hints. Safe to run again. Without consent no picture is looked at."""
    work_on(Fitting, fitting_id, _fit)


def _fit(fitting: Fitting) -> None:
    try:
        _fit_and_score(fitting)
    except ConsentMissing:
        fitting.finish(JobState.DONE)  # begins again when there is one


def _fit_and_score(fitting: Fitting) -> None:
    subject = fitting.subject
    with transaction.atomic():
        require_consent(subject, Act.CURATE)
    basis = basis_of(subject)
    answers = answers_of(subject)
    new = looks_without_hints(subject)
    pictures, faces = pictures_of(subject), faces_of(subject)
    fitting.renew()
    evidence = evidence_of(
        subject,
        pictures,
        faces,
        portraits=portraits_of(subject, fitting),
        look_alikes=look_alikes_of(subject, fitting),
        without_subject=without_subject(answers),
        while_waiting=fitting.renew,
    )
    fitting.renew()
    own, whose = examples_of(evidence, answers)

    def fitted(own: Examples) -> Softmax:
        fitting.renew()
        return softmax_of(prior(), own)

    softmax = fitted(own)
    reliability = reliability_of(own, whose, fitted)
    keep_scores(fitting, evidence, softmax, numbers={pk: of.number for pk, of in pictures.items()})
    pass_over(fitting, [pk for pk, image in new.items() if image not in pictures])
    forget_portraits_that_went(subject)
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
