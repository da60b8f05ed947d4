"""See to it that every image is looked at, without the import knowing of it."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Exists, OuterRef

from curation.analysis.look import VISION_VERSION
from curation.analysis.models import Analysis
from curation.analysis.tasks import analyse_image_task
from curation.images.models import Image
from curation.jobs import JobState, enqueue
from curation.subjects.gate import covered
from curation.subjects.models import Act

AT_ONCE = 200
"""So many at a time, so that nobody else waits long for the database."""


def start_missing_analyses() -> int:
    """Queue images that nobody has looked at, and those that an older version looked at.

    Cheap when there is nothing to do; the supervisor calls it every second. Returns how many.
    """
    return _start_new() + _start_outdated()


def _start_new() -> int:
    unseen = Image.objects.filter(
        ~Exists(Analysis.objects.filter(image=OuterRef("pk"))),
        covered(Act.CURATE, subject="subject"),
        purged_at=None,
    )
    # Asked outside a transaction first: on SQLite even an idle one takes the only write lock.
    if not unseen.exists():
        return 0
    with transaction.atomic():
        images = list(unseen.select_for_update(skip_locked=True).order_by("pk")[:AT_ONCE])
        new = [Analysis(image=image, subject_id=image.subject_id) for image in images]
        for analysis in Analysis.objects.bulk_create(new):
            enqueue(analysis, analyse_image_task)
    return len(images)


def _start_outdated() -> int:
    outdated = Analysis.objects.filter(state=JobState.DONE, vision_version__lt=VISION_VERSION)
    if not outdated.exists():
        return 0
    with transaction.atomic():
        analyses = list(outdated.select_for_update(skip_locked=True).order_by("pk")[:AT_ONCE])
        for analysis in analyses:
            analysis.state, analysis.attempt = JobState.WAITING, 0
            analysis.save(update_fields=["state", "attempt"])
            enqueue(analysis, analyse_image_task)
    return len(analyses)
