"""Use case: whoever holds a batch says that pictures in it are not the same."""

from __future__ import annotations

from collections.abc import Collection
from itertools import combinations

from django.db import transaction
from django.utils.translation import gettext as _

from curation.batches.access import access_leased_batch
from curation.batches.models import Batch
from curation.duplicates.models import SaidDistinct
from curation.errors import InvalidInput, NotFound
from curation.images.models import Image
from curation.projects import log
from curation.projects.models import User
from curation.subjects.gate import require_consent
from curation.subjects.models import Act
from curation.votes.near import images_on_desk

MOST_AT_ONCE = 20
"""Pictures in one act: each is distinct from each, which makes 190 pairs."""


@transaction.atomic
def say_distinct(*, batch_id: int, items: Collection[int], volunteer: User) -> None:
    """Remember that `volunteer` said these items on their desk are all distinct.

    It is their word alone: they are not asked again, and others are. Twice changes nothing.
    Raises InvalidInput, NotFound, NotAssigned, BatchClosed, LeaseExpired or ConsentMissing.
    """
    batch, _lease = access_leased_batch(volunteer, batch_id)
    require_consent(batch.subject, Act.CURATE)
    images = named_on_desk(batch, items, volunteer).values()
    pairs = list(combinations(sorted(image.pk for image in images), 2))
    said = SaidDistinct.objects.filter(volunteer=volunteer, first__in=images, second__in=images)
    if said.count() == len(pairs):
        return
    SaidDistinct.objects.bulk_create(
        (SaidDistinct(first_id=a, second_id=b, volunteer=volunteer) for a, b in pairs),
        ignore_conflicts=True,
    )
    log.record(
        "batch.say_distinct",
        actor=volunteer,
        project=batch.subject.project,
        target=batch,
        images=sorted(image.number for image in images),
    )


def named_on_desk(batch: Batch, items: Collection[int], volunteer: User) -> dict[int, Image]:
    """The images that are these items on the volunteer's desk, by the items' ids.

    Raises InvalidInput where they are too few or too many, NotFound where one is not there.
    """
    wanted = set(items)
    if not 2 <= len(wanted) <= MOST_AT_ONCE:
        raise InvalidInput(
            _("Name between 2 and %(most)d pictures at once.") % {"most": MOST_AT_ONCE}
        )
    on_desk = images_on_desk(batch, volunteer)
    if not wanted <= on_desk.keys():
        raise NotFound
    return {item_id: on_desk[item_id] for item_id in wanted}
