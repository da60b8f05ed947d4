"""Leave an image as if the machine had never begun to look at it."""

from __future__ import annotations

from django.db import transaction

from curation.analysis.models import Analysis, QueuedUpTo
from curation.images.measures import NOTHING_SEEN, keep_measures
from curation.images.models import Image


@transaction.atomic
def forget(analysis: Analysis, image: Image) -> None:
    """Remove the image's analysis; one is queued again when the picture may be looked at."""
    analysis.delete()
    keep_measures(image.pk, NOTHING_SEEN)
    QueuedUpTo.objects.filter(subject=image.subject_id, number__gte=image.number).update(
        number=image.number - 1
    )
