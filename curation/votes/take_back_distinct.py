"""Use case: whoever holds a batch takes back that pictures in it are not the same."""

from __future__ import annotations

from collections.abc import Collection
from itertools import chain

from django.db import transaction
from django.db.models import Q

from curation.batches.access import access_leased_batch
from curation.duplicates.models import SaidDistinct
from curation.projects import log
from curation.projects.models import User
from curation.votes.say_distinct import named_on_desk


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
    images = named_on_desk(batch, set(chain.from_iterable(pairs)), volunteer)
    named = Q()
    for pair in pairs:
        first, second = sorted(images[item].pk for item in pair)
        named |= Q(first=first, second=second)
    num, _ = SaidDistinct.objects.filter(named, volunteer=volunteer).delete()
    if not num:
        return
    log.record(
        "batch.take_back_distinct",
        actor=volunteer,
        project=batch.subject.project,
        target=batch,
        images=sorted(image.number for image in images.values()),
    )
