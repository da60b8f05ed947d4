"""The locks behind which batches, leases, votes and rulings of one subject change.

Organisers' acts hold the subject's row, as the consent gate and a withdrawal do. A vote shares
that row with other votes and holds its image's row alone. So what a vote was checked against
(consent, open batch, live lease, votes still wanted) is still so when it is stored, votes on
different images go on side by side, and with one order of locks there is none to get wrong.
SQLite needs none of it: its transactions hold the only write lock from the start.
"""

from __future__ import annotations

from django.db import connection

from curation.batches.models import Batch
from curation.images.models import Image
from curation.subjects.models import Subject


def lock_subject(subject_id: int) -> None:
    """Hold everything about the subject's images still until the transaction ends."""
    Subject.objects.select_for_update().get(pk=subject_id)


def lock_batch(batch: Batch) -> Batch:
    """The batch as it is now, held still until the transaction ends."""
    lock_subject(batch.subject_id)
    return Batch.objects.select_related("subject__project").get(pk=batch.pk)


def lock_for_vote(item_id: int) -> None:
    """Hold the votes on one image still, and all that organisers decide, until the vote is in."""
    if not connection.features.has_select_for_update:
        return
    batches = Batch.objects.filter(items=item_id)
    subject_id = batches.values_list("subject", flat=True).first()
    with connection.cursor() as cursor:
        # Django has no word for a shared lock.
        cursor.execute(
            f"SELECT 1 FROM {Subject._meta.db_table} WHERE id = %s FOR SHARE",  # noqa: S608, ours
            [subject_id],
        )
    # `no_key` lets rows that refer to the image, such as the vote itself, be added.
    image = Image.objects.select_for_update(of=("self",), no_key=True)
    image.filter(batch_item=item_id).only("pk").first()
