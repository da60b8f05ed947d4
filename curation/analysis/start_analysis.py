"""See to it that every image is looked at, without the import knowing of it."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q

from curation.analysis.look import VISION_VERSION
from curation.analysis.models import Analysis, QueuedUpTo
from curation.analysis.tasks import analyse_image_task
from curation.images.models import Image
from curation.jobs import JobState, spelt_out
from curation.queue import enqueue_all, holds_enough
from curation.subjects.gate import covered
from curation.subjects.models import Act, Subject

AT_ONCE = 200
"""So many at a time, so that nobody else waits long for the database."""


def start_missing_analyses(*, queue: bool = True) -> int:
    """Queue images that nobody has looked at, and those that an older version looked at.

    Two queries that read no image while there is nothing to do; the supervisor calls it every
    second. Returns how many. Without `queue` they are begun for whoever asks and does them at once.
    """
    return _start_new(queue=queue) + _start_outdated(queue=queue)


def _start_new(*, queue: bool) -> int:
    """Queue the next of some subject's images above the number that all have been queued to."""
    never = Q(queued_up_to=None, last_number__gt=0)
    behind = never | Q(last_number__gt=F("queued_up_to__number"))
    # Asked outside a transaction first: on SQLite even an idle one takes the only write lock. And
    # without the consents: putting that question together takes longer than all others.
    subject_ids = list(Subject.objects.filter(behind).values_list("pk", flat=True))
    if not subject_ids or (queue and holds_enough(analyse_image_task)):
        return 0
    may_be_seen = Subject.objects.filter(covered(Act.CURATE), pk__in=subject_ids)
    return sum(
        _start_new_of(pk, queue=queue) for pk in list(may_be_seen.values_list("pk", flat=True))
    )


@transaction.atomic
def _start_new_of(subject_id: int, *, queue: bool) -> int:
    QueuedUpTo.objects.get_or_create(subject_id=subject_id)
    mark = QueuedUpTo.objects.select_for_update().get(subject_id=subject_id)
    # Read before the images: all up to it are there.
    last_number = Subject.objects.values_list("last_number", flat=True).get(pk=subject_id)
    unseen = Image.objects.filter(
        ~Exists(Analysis.objects.filter(image=OuterRef("pk"))),
        subject=subject_id,
        number__gt=mark.number,
        number__lte=last_number,
        purged_at=None,
    )
    images = list(unseen.order_by("number")[:AT_ONCE])
    new = [Analysis(image=image, subject_id=subject_id) for image in images]
    begun = Analysis.objects.bulk_create(new)
    if queue:
        enqueue_all((each.pk for each in begun), analyse_image_task)
    mark.number = images[-1].number if len(images) == AT_ONCE else last_number
    mark.save(update_fields=["number"])
    return len(images)


def _start_outdated(*, queue: bool) -> int:
    outdated = Analysis.objects.filter(
        state=spelt_out(JobState.DONE.value), vision_version__lt=spelt_out(VISION_VERSION)
    )
    if not outdated.exists() or (queue and holds_enough(analyse_image_task)):
        return 0
    with transaction.atomic():
        locked = outdated.select_for_update(skip_locked=True).order_by("pk")
        keys = list(locked.values_list("pk", flat=True)[:AT_ONCE])
        Analysis.objects.filter(pk__in=keys).update(state=JobState.WAITING, attempt=0)
        if queue:
            enqueue_all(keys, analyse_image_task)
    return len(keys)
