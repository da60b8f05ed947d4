"""Use case: a volunteer keeps the beginning of what they have left, and returns the rest."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from curation.batches.access import require_live_lease
from curation.batches.cut_batches import create_batches
from curation.batches.lock import lock_batch
from curation.batches.models import Assignment, Batch, BatchItem
from curation.errors import InvalidInput
from curation.gold.models import GoldItem, GoldPlan
from curation.projects import log
from curation.projects.models import User
from curation.projects.picture_epoch import raise_epoch_of_people
from curation.subjects.gate import require_consent
from curation.subjects.models import Act
from curation.votes.desk import desk_items
from curation.votes.part_gold import leases_with_gold, part_gold
from curation.votes.turns import turn_to_write


@dataclass(frozen=True, kw_only=True, slots=True)
class ReturnedPart:
    """What came of it, as whoever returned it counts: hidden gold among the pictures."""

    num_kept: int
    num_returned: int


def return_part(*, batch: Batch, keep: int, actor: User) -> ReturnedPart:
    """Keep all that the person has judged and the next `keep` pictures that wait for them.

    The others that wait for them become a batch of its own, which they have returned. Whoever else
    has or had the batch has or had that one as well, on the same terms: what they may judge, an
    open desk and its gold stay as they are. Of the gold that is hidden on the person's own desk
    each piece counts as a picture, stays and goes as one.
    Raises NotFound, NotAssigned, BatchClosed, LeaseExpired, ConsentMissing or InvalidInput.
    """
    with turn_to_write(), transaction.atomic():
        held = lock_batch(batch)
        lease = require_live_lease(actor, held)
        require_consent(held.subject, Act.CURATE)
        left = [each for each in desk_items(held, actor) if each.is_open and each.mine is None]
        if not 1 <= keep < len(left):
            raise _not_a_part(keep, len(left))
        going = {each.item_id for each in left[keep:]}
        if not held.items.filter(pk__in=going).exists():  # all that is left behind them is gold
            GoldItem.objects.filter(pk__in=going).delete()
            return ReturnedPart(num_kept=keep, num_returned=len(going))
        rest = _split_off(held, lease, going, actor)
        raise_epoch_of_people([actor.pk])
        log.record(
            "batch.return_part",
            actor=actor,
            project=held.subject.project,
            target=held,
            batch=rest.number,
            images=rest.items.count(),
        )
        return ReturnedPart(num_kept=keep, num_returned=len(going))


def _not_a_part(keep: int, num_left: int) -> InvalidInput:
    if num_left <= 1:
        return InvalidInput(_("There is nothing to part: return the batch as a whole."), keep=keep)
    return InvalidInput(
        _("%(num)d pictures wait for you: keep between 1 and %(most)d of them.")
        % {"num": num_left, "most": num_left - 1},
        keep=keep,
    )


def _split_off(held: Batch, own: Assignment, going: Collection[int], actor: User) -> Batch:
    """A new batch of the items `going`, and a lease on it for each that there is on this one."""
    [rest] = create_batches(held.subject, [[]], actor)
    leases = list(held.assignments.select_related("volunteer"))
    copies = {each.pk: _copy_of(each, rest, is_returned=each.pk == own.pk) for each in leases}
    Assignment.objects.bulk_create(copies.values())
    planned = GoldPlan.objects.filter(lease__in=leases)
    GoldPlan.objects.bulk_create(
        GoldPlan(lease=copies[plan.lease_id], planned_at=plan.planned_at) for plan in planned
    )
    desks = {lease: desk_items(held, lease.volunteer) for lease in leases_with_gold(leases)}
    items = list(held.items.filter(pk__in=going).order_by("position"))
    for position, item in enumerate(items, start=1):
        item.batch, item.position = rest, position
    BatchItem.objects.bulk_update(items, ["batch", "position"], batch_size=500)
    moved = {item.pk for item in items}
    for lease, desk in desks.items():
        on_desk = [each.item_id for each in desk]
        part_gold(on_desk, moved, lease, copies[lease.pk], chosen=going if lease == own else None)
    return rest


def _copy_of(lease: Assignment, batch: Batch, *, is_returned: bool) -> Assignment:
    """The same terms on another batch; what its holder is handed by this is no news to them."""
    return Assignment(
        batch=batch,
        volunteer=lease.volunteer,
        leased_until=lease.leased_until,
        granted_until=lease.granted_until,
        created_by=lease.created_by,
        returned_at=timezone.now() if is_returned else lease.returned_at,
        is_taken_back=lease.is_taken_back,
    )
