"""See to it that every analysed image is compared with all others, soon."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from curation.analysis.look import VISION_VERSION
from curation.analysis.models import Analysis
from curation.duplicates.models import DuplicateSearch
from curation.duplicates.tasks import find_duplicates_task
from curation.jobs import UNTRIED, JobState, spelt_out
from curation.queue import enqueue
from curation.subjects.gate import covered
from curation.subjects.models import Act, Subject
from curation.vision.duplicates import DUPLICATES_VERSION

ENOUGH = 1000
"""So many new images are worth a search while further ones are being analysed."""


def start_searches() -> int:
    """Queue a search for each subject with images to compare that has none under way.

    It begins when all of the subject's images are analysed, or enough. One query while there is
    nothing to do; the supervisor calls it every second. Returns how many were queued.
    """
    due = list(_due().values_list("pk", flat=True))
    if not due:
        return 0
    may_be_seen = Subject.objects.filter(covered(Act.CURATE), pk__in=due)
    return sum(_start(pk) for pk in list(may_be_seen.values_list("pk", flat=True)))


def _due() -> QuerySet[Subject]:
    analyses = Analysis.objects.filter(subject=OuterRef("pk"))
    new = analyses.filter(
        state=spelt_out(JobState.DONE.value),
        compared_by__lt=spelt_out(DUPLICATES_VERSION),
        vision_version=spelt_out(VISION_VERSION),
    )
    unfinished = analyses.filter(state__in=(JobState.WAITING, JobState.RUNNING))
    is_free = Q(duplicate_search=None) | Q(duplicate_search__state=JobState.DONE)
    is_ready = ~Exists(unfinished) | Exists(new[ENOUGH - 1 : ENOUGH])
    return Subject.objects.filter(Exists(new), is_free, is_ready)


@transaction.atomic
def _start(subject_id: int) -> int:
    DuplicateSearch.objects.get_or_create(subject_id=subject_id, defaults={"state": JobState.DONE})
    search = DuplicateSearch.objects.select_for_update().get(subject_id=subject_id)
    if search.state != JobState.DONE:
        return 0
    DuplicateSearch.objects.filter(pk=search.pk).update(**UNTRIED)
    enqueue(search, find_duplicates_task)
    return 1
