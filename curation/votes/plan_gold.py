"""Use case: it is laid down which gold a person meets on the desk that they open."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from curation.batches.lock import lock_batch
from curation.batches.models import Assignment, Batch, BatchItem, new_item_id
from curation.gold.access import is_measured
from curation.gold.choosing import chosen_to_hide
from curation.gold.models import GoldItem, GoldPlan, Kind
from curation.gold.places import places_of_gold
from curation.projects.models import User
from curation.votes.desk import pictures_of
from curation.votes.gold_to_give import gold_to_give, known_of, secret_seed
from curation.votes.turns import turn_to_write


def plan_gold(*, batch: Batch, lease: Assignment, person: User) -> None:
    """Hide gold among the batch's pictures, once for each lease, by what is known of its holder.

    However often and from however many tabs the desk is opened, the first opening counts: what lies
    on a desk does not change under whoever works there. Organisers, who may see the answers, are
    given none. For whom `access_leased_batch` has let in.
    """
    if GoldPlan.objects.filter(lease=lease).exists():
        return
    if not is_measured(person, batch.subject.project):
        return
    with turn_to_write(), transaction.atomic():
        lock_batch(batch)
        _plan, is_first = GoldPlan.objects.get_or_create(
            lease=lease, defaults={"planned_at": timezone.now()}
        )
        if is_first:
            _hide(batch, lease, person)


def _hide(batch: Batch, lease: Assignment, person: User) -> None:
    candidates = gold_to_give(person, batch)
    pictures = pictures_of(batch, person)
    if not candidates or not pictures:
        return
    project = batch.subject.project
    known = known_of(person, project)
    places = places_of_gold(
        [each.is_open and each.mine is None for each in pictures],
        judged=known.num_judged,
        stock=len(candidates),
        seed=secret_seed("places", person.pk, project.pk),
    )
    numbers = [each.image.number for each in pictures]
    chosen = chosen_to_hide(
        candidates,
        known.errors,
        len(places),
        near=(min(numbers), max(numbers)),
        seed=secret_seed("hidden", lease.pk),
    )
    give(lease, person, Kind.HIDDEN, dict(zip(places, chosen, strict=True)))


def give(lease: Assignment, person: User, kind: Kind, images: dict[int, int]) -> None:
    """Write which image, by its id, stands at which place."""
    GoldItem.objects.bulk_create(
        GoldItem(pk=pk, lease=lease, person=person, image_id=image_id, kind=kind, place=place)
        for pk, (place, image_id) in zip(_free_ids(len(images)), images.items(), strict=True)
    )


def _free_ids(num: int) -> list[int]:
    """Ids that no batch item has: whatever is judged is looked for among those first."""
    while True:
        ids = {new_item_id() for _ in range(num)}
        if len(ids) == num and not BatchItem.objects.filter(pk__in=ids).exists():
            return list(ids)
