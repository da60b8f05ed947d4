"""Where gold hidden on a desk comes to lie when the desk's batch is parted in two."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.db.models import F

from curation.batches.models import Assignment
from curation.gold.models import GoldItem, Kind

OUT_OF_THE_WAY = 1_000_000
"""Added to places while they are given anew: no two of a lease may ever be the same."""


def leases_with_gold(leases: Sequence[Assignment]) -> list[Assignment]:
    """Those of the leases under which gold is hidden. One query."""
    hidden = GoldItem.objects.filter(lease__in=leases, kind=Kind.HIDDEN)
    found = set(hidden.values_list("lease", flat=True))
    return [lease for lease in leases if lease.pk in found]


def part_gold(
    desk: Sequence[int],
    moved: Collection[int],
    lease: Assignment,
    copy: Assignment,
    *,
    chosen: Collection[int] | None = None,
) -> None:
    """Give the gold of a desk its places on the two that it becomes: `lease`'s and `copy`'s.

    `desk` are the items as they lay there before, `moved` the pictures that are in the other batch
    now. Gold goes with the picture before which it was hidden; or it goes if it is among `chosen`.
    """
    hidden = GoldItem.objects.filter(lease=lease, kind=Kind.HIDDEN)
    gold = set(hidden.values_list("pk", flat=True))
    hidden.update(place=F("place") + OUT_OF_THE_WAY)
    gone = gone_of(desk, moved, gold) if chosen is None else {*moved, *(gold & set(chosen))}
    stays = [each for each in desk if each not in gone]
    for row, holder in ((stays, lease), ([each for each in desk if each in gone], copy)):
        for place, each in enumerate(row, start=1):
            if each in gold:
                hidden.filter(pk=each).update(lease=holder, place=place)
    # What lies on no desk, as it was purged or is gold no more, stays behind all others.
    lost = hidden.filter(place__gt=OUT_OF_THE_WAY).order_by("place").values_list("pk", flat=True)
    for place, each in enumerate(lost, start=len(desk) + 1):
        hidden.filter(pk=each).update(place=place)


def gone_of(desk: Sequence[int], moved: Collection[int], gold: Collection[int]) -> set[int]:
    """What goes from a desk with the `moved` pictures: they, and the gold right before them."""
    gone = set(moved)
    is_next_gone = False
    for each in reversed(desk):
        if each not in gold:
            is_next_gone = each in moved
        elif is_next_gone:
            gone.add(each)
    return gone
