"""The lock behind which batches, leases, votes and rulings of one subject change.

It is the subject's row, which the consent gate and a withdrawal lock too. One lock for all of
them means that there is no order of locks to get wrong, and that what was checked behind it
(consent, open batch, live lease, votes still wanted) is still so when the act is stored.
SQLite needs none: its transactions hold the only write lock from the start.
"""

from __future__ import annotations

from django.db import connection

from curation.batches.models import Batch, BatchItem
from curation.errors import NotFound
from curation.subjects.models import Subject


def lock_subject(subject_id: int) -> None:
    """Hold everything about the subject's images still until the transaction ends."""
    Subject.objects.select_for_update().get(pk=subject_id)


def lock_batch(batch_id: int) -> Batch:
    """The batch as it is now, held still until the transaction ends. Raises NotFound."""
    held = Subject.objects.select_for_update(of=("self",)).filter(batches=batch_id).first()
    if held is None:
        raise NotFound
    return Batch.objects.select_related("subject__project").get(pk=batch_id)


def lock_item(item_id: int) -> BatchItem:
    """The item with its batch and subject as they are now, held still until the transaction ends.

    Raises NotFound, also when its image was purged.
    """
    # Votes are many and pass here, so where the query would lock nothing it is left out.
    if connection.features.has_select_for_update:
        Subject.objects.select_for_update(of=("self",)).filter(batches__items=item_id).first()
    # Read the item only behind the lock: what is joined to a locked row is not itself locked.
    items = BatchItem.objects.select_related("batch__subject")
    item = items.filter(pk=item_id, image__purged_at=None).order_by().first()
    if item is None:
        raise NotFound
    return item
