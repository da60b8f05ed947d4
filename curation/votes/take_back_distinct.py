"""Use case: whoever holds a batch takes back that pictures in it are not the same."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction

from curation.batches.access import access_leased_batch
from curation.projects import log
from curation.projects.models import User
from curation.votes.say_distinct import named_on_desk, numbers_in, said_of


@transaction.atomic
def take_back_distinct(
    *, batch_id: int, pairs: Collection[tuple[int, int]], volunteer: User
) -> None:
    """Forget that `volunteer` said the two items of each of these pairs on their desk are distinct.

    What they said of other pairs stays, and so does what others said. Where nothing was said,
    nothing happens.
    Raises InvalidInput, NotFound, NotAssigned, BatchClosed, LeaseExpired or ConsentMissing.
    """
    batch, _lease = access_leased_batch(volunteer, batch_id)
    named = named_on_desk(batch, pairs, volunteer)
    num, _by_model = said_of(named, volunteer).delete()
    if not num:
        return
    log.record(
        "batch.take_back_distinct",
        actor=volunteer,
        project=batch.subject.project,
        target=batch,
        images=numbers_in(named),
    )
