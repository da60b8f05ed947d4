"""Use case: whoever holds a batch says that pictures in it are not the same."""

from __future__ import annotations

from collections.abc import Collection
from itertools import chain

from django.db import transaction
from django.db.models import Q, QuerySet
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
"""Pictures in one act: where each is near each, they make 190 pairs."""
Named = Collection[tuple[Image, Image]]
"""Pairs of images as they are stored: the earlier one first."""


@transaction.atomic
def say_distinct(*, batch_id: int, pairs: Collection[tuple[int, int]], volunteer: User) -> None:
    """Remember that `volunteer` said the two items of each of these pairs on their desk differ.

    It is their word alone: they are not asked again, and others are. It is stored of these pairs
    and no others, so `take_back_distinct` of the same leaves nothing. Twice changes nothing.
    Raises InvalidInput, NotFound, NotAssigned, BatchClosed, LeaseExpired or ConsentMissing.
    """
    batch, _lease = access_leased_batch(volunteer, batch_id)
    require_consent(batch.subject, Act.CURATE)
    named = named_on_desk(batch, pairs, volunteer)
    if said_of(named, volunteer).count() == len(named):
        return
    SaidDistinct.objects.bulk_create(
        (SaidDistinct(first=first, second=second, volunteer=volunteer) for first, second in named),
        ignore_conflicts=True,
    )
    log.record(
        "batch.say_distinct",
        actor=volunteer,
        project=batch.subject.project,
        target=batch,
        images=numbers_in(named),
    )


def named_on_desk(
    batch: Batch, pairs: Collection[tuple[int, int]], volunteer: User
) -> set[tuple[Image, Image]]:
    """The images of these pairs of items on the volunteer's desk, the earlier one first.

    Raises InvalidInput where they are too few or too many, NotFound where one is not there.
    """
    wanted = set(chain.from_iterable(pairs))
    if not 2 <= len(wanted) <= MOST_AT_ONCE or any(one == other for one, other in pairs):
        raise InvalidInput(
            _("Name between 2 and %(most)d pictures at once.") % {"most": MOST_AT_ONCE}
        )
    on_desk = images_on_desk(batch, volunteer)
    if not wanted <= on_desk.keys():
        raise NotFound
    both = ((on_desk[one], on_desk[other]) for one, other in pairs)
    return {(one, other) if one.pk < other.pk else (other, one) for one, other in both}


def said_of(named: Named, volunteer: User) -> QuerySet[SaidDistinct]:
    """What the volunteer said of these."""
    these = Q()
    for first, second in named:
        these |= Q(first=first, second=second)
    return SaidDistinct.objects.filter(these, volunteer=volunteer)


def numbers_in(named: Named) -> list[int]:
    return sorted({image.number for image in chain.from_iterable(named)})
