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
from curation.subjects.models import Subject


def lock_subject(subject_id: int) -> None:
    """Hold everything about the subject's images still until the transaction ends."""
    Subject.objects.select_for_update().get(pk=subject_id)


def lock_batch(batch: Batch) -> Batch:
    """The batch as it is now, held still until the transaction ends."""
    lock_subject(batch.subject_id)
    return Batch.objects.select_related("subject__project").get(pk=batch.pk)


# Written out: Django has no word for a shared lock. The subject's comes first, as in every act.
# `NO KEY` lets rows that refer to the image, such as the vote itself, be added.
_HOLD_STILL = """
    SELECT 1
    FROM batches_batchitem item
    JOIN batches_batch batch ON batch.id = item.batch_id
    JOIN subjects_subject subject ON subject.id = batch.subject_id
    JOIN images_image image ON image.id = item.image_id
    WHERE item.id = %s
    FOR SHARE OF subject FOR NO KEY UPDATE OF image
"""


def lock_for_vote(item_id: int) -> None:
    """Hold the votes on one image still, and all that organisers decide, until the vote is in.

    What the vote depends on is read by a later statement, which sees all that the lock waited for.
    """
    hold_still(_HOLD_STILL, item_id)


def hold_still(statement: str, item_id: int) -> None:
    """Take the locks of a statement that names them, where the database has such locks."""
    if not connection.features.has_select_for_update:
        return
    with connection.cursor() as cursor:
        cursor.execute(statement, [item_id])
