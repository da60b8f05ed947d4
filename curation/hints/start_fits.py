"""See to it that every image has hints, and that hints learn from what was decided."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.db import transaction
from django.db.models import Exists, Max, OuterRef, Q, QuerySet

from curation.analysis.look import VISION_VERSION
from curation.analysis.models import Analysis
from curation.duplicates.models import DuplicateSearch
from curation.hints.basis import Basis, basis_of
from curation.hints.models import Fitting
from curation.hints.tasks import fit_hints_task
from curation.jobs import UNTRIED, JobState, spelt_out
from curation.projects.models import ActionLog
from curation.queue import enqueue
from curation.subjects.gate import covered
from curation.subjects.models import Act, Subject
from curation.vision.duplicates import DUPLICATES_VERSION
from curation.vision.hints import HINTS_VERSION
from curation.votes.models import VoteEvent

SECONDS_BETWEEN_LESSONS = 60.0
"""Votes come every second; what they teach is looked at so often."""


def start_fits() -> int:
    """Queue a fitting for each subject with images that have no hints, or have older ones.

    It begins when all of the subject's images are analysed and compared. One query while there is
    nothing to do; the supervisor calls it every second. Returns how many were queued.
    """
    due = list(_without_hints().values_list("pk", flat=True))
    return _start_all(due) if due else 0


def _without_hints() -> QuerySet[Subject]:
    analyses = Analysis.objects.filter(subject=OuterRef("pk"))
    done = analyses.filter(state=spelt_out(JobState.DONE.value))
    new = done.filter(hinted_by=spelt_out(0))
    under_way = (JobState.WAITING, JobState.RUNNING)
    unfinished = analyses.filter(state__in=under_way)
    uncompared = done.filter(
        compared_by__lt=spelt_out(DUPLICATES_VERSION), vision_version=spelt_out(VISION_VERSION)
    )
    compared = DuplicateSearch.objects.filter(subject=OuterRef("pk"), state__in=under_way)
    is_compared = Q(duplicate_search__state=JobState.FAILED) | ~Exists(uncompared)
    is_older = Q(fitting__hints_version__lt=HINTS_VERSION, fitting__version__gt=0)
    return Subject.objects.filter(
        Exists(new) | is_older, _is_free(), ~Exists(unfinished), ~Exists(compared), is_compared
    )


def _is_free() -> Q:
    return Q(fitting=None) | Q(fitting__state=JobState.DONE)


class Lessons:
    """Looks now and then whether there is something to learn; queries nothing in between."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._looked_at = -float("inf")
        self._last: tuple[int | None, int | None] | None = None
        """The newest vote and act that were there the last time."""

    def __call__(self) -> int:
        """Queue a fitting for each subject with enough new decisions; returns how many."""
        if self._clock() - self._looked_at < SECONDS_BETWEEN_LESSONS:
            return 0
        self._looked_at = self._clock()
        last = _newest(VoteEvent), _newest(ActionLog)
        if last == self._last:
            return 0
        fitted = Subject.objects.filter(fitting__version__gt=0).select_related("fitting")
        free, busy = [], 0
        for subject in fitted:
            if subject.fitting.state in (JobState.WAITING, JobState.RUNNING):
                busy += 1  # what was decided since it began is looked at in a minute
            elif _is_outdated(subject):
                free.append(subject.pk)
        num = _start_all(free)
        if not busy:
            self._last = last
        return num


def _newest(kind: type[VoteEvent | ActionLog]) -> int | None:
    newest: int | None = kind._default_manager.aggregate(newest=Max("pk"))["newest"]
    return newest


def _is_outdated(subject: Subject) -> bool:
    return Basis.from_dict(subject.fitting.basis).is_outdated_by(basis_of(subject))


def _start_all(subject_ids: list[int]) -> int:
    may_be_seen = Subject.objects.filter(covered(Act.CURATE), pk__in=subject_ids)
    return sum(_start(pk) for pk in list(may_be_seen.values_list("pk", flat=True)))


@transaction.atomic
def _start(subject_id: int) -> int:
    Fitting.objects.get_or_create(subject_id=subject_id, defaults={"state": JobState.DONE})
    fitting = Fitting.objects.select_for_update().get(subject_id=subject_id)
    if fitting.state in (JobState.WAITING, JobState.RUNNING):
        return 0
    Fitting.objects.filter(pk=fitting.pk).update(**UNTRIED)
    enqueue(fitting, fit_hints_task)
    return 1
