"""Reads of this stage: what can be cut, what was cut, and who has it."""

from __future__ import annotations

from django.db.models import QuerySet

from curation.batches.models import Assignment, Batch
from curation.images.models import Image
from curation.subjects.models import Subject


def images_in_no_batch(subject: Subject) -> QuerySet[Image]:
    """Images that the next cut takes."""
    return Image.objects.filter(subject=subject, batch_item=None, purged_at=None)


def leases_of(batches: list[Batch]) -> QuerySet[Assignment]:
    """Who has or had these batches, in the order in which they first got them."""
    return (
        Assignment.objects.filter(batch__in=batches)
        .select_related("volunteer", "batch")
        .order_by("id")
    )
