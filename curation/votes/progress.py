"""How far batches are: for everybody together and for each volunteer."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Exists, Max, Min, OuterRef, QuerySet
from django.utils import timezone

from curation.batches.models import Assignment, Batch, BatchItem, LeaseState
from curation.batches.selectors import leases_of, workable_leases
from curation.gold.models import GoldAnswer, GoldItem, Kind
from curation.gold.selectors import given_items, had_as_gold
from curation.images.selectors import is_purged
from curation.projects.models import User
from curation.votes.models import Vote
from curation.votes.tallies import TALLY, unpacked, with_tallies
from curation.votes.voting_rule import third_wanted, votes_wanted


@dataclass(frozen=True, kw_only=True, slots=True)
class Share:
    """One volunteer's part in a batch."""

    lease: Assignment
    state: LeaseState
    num_votes: int
    """Images of the batch that they have a current vote on."""

    @property
    def volunteer(self) -> User:
        return self.lease.volunteer


@dataclass(frozen=True, kw_only=True, slots=True)
class BatchProgress:
    """A batch with how far it is."""

    batch: Batch
    first_number: int
    last_number: int
    num_images: int
    num_judged: int
    """Images that need no further vote."""
    num_third: int
    """Images that two have judged and that wait for a third."""
    shares: tuple[Share, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class HeldBatch:
    """A batch in somebody's hands, as they see it: with the gold that is hidden on their desk."""

    batch: Batch
    leased_until: dt.datetime
    state: LeaseState
    num_images: int
    num_votes: int
    """Images that they have voted on."""
    num_left: int
    """Images where a vote of theirs is still wanted."""
    num_third: int
    """Images they have voted on where a third person is asked."""

    @property
    def num_done(self) -> int:
        return self.num_images - self.num_left


def progress_of_batch(batch: Batch) -> BatchProgress:
    """How far one batch is."""
    return progress_of_batches([batch])[0]


def batches_held_by(user: User) -> list[HeldBatch]:
    """The batches whose desk opens for the person, over all projects; the first to end first."""
    now = timezone.now()
    leases = list(
        workable_leases(user)
        .select_related("batch__subject__project")
        .order_by("leased_until", "id")
    )
    counts = _counts_for([lease.batch_id for lease in leases], user)
    return [_held(lease, counts[lease.batch_id], now) for lease in leases]


def held_batch(lease: Assignment, *, now: dt.datetime) -> HeldBatch:
    """One person's part in a batch that they have or had."""
    counts = _counts_for([lease.batch_id], lease.volunteer)
    return _held(lease, counts[lease.batch_id], now)


def num_votes_by(user: User) -> int:
    """How many images the person has a current vote on, over all projects."""
    return Vote.objects.filter(volunteer=user).count()


@dataclass(slots=True)
class _Counts:
    num_images: int = 0
    num_votes: int = 0
    num_left: int = 0
    num_third: int = 0


def _held(lease: Assignment, counts: _Counts, now: dt.datetime) -> HeldBatch:
    return HeldBatch(
        batch=lease.batch,
        leased_until=lease.leased_until,
        state=lease.state(now),
        num_images=counts.num_images,
        num_votes=counts.num_votes,
        num_left=counts.num_left,
        num_third=counts.num_third,
    )


def _counts_for(batch_ids: list[int], user: User) -> dict[int, _Counts]:
    """By batch, how many images there are, are voted on by `user`, and wait for them."""
    mine = Vote.objects.filter(image=OuterRef("image"), volunteer=user)
    is_known = had_as_gold(user, image="image")
    items = BatchItem.objects.filter(~is_purged("image"), batch__in=batch_ids)
    rows = (
        with_tallies(items.annotate(is_mine=Exists(mine), is_known=is_known), image="image")
        .order_by()
        .values("batch", "is_mine", "is_known", TALLY)
        .annotate(num=Count("*"))
    )
    counts: dict[int, _Counts] = defaultdict(_Counts)
    for row in rows:
        count, tally = counts[row["batch"]], unpacked(row[TALLY])
        count.num_images += row["num"]
        if row["is_mine"]:
            count.num_votes += row["num"]
            count.num_third += row["num"] if third_wanted(tally) else 0
        elif votes_wanted(tally) and not row["is_known"]:
            count.num_left += row["num"]
    for batch_id, is_mine in _hidden_on(batch_ids, user):
        counts[batch_id].num_images += 1
        counts[batch_id].num_votes += is_mine
        counts[batch_id].num_left += not is_mine
    return counts


def _hidden_on(batch_ids: list[int], user: User) -> QuerySet[GoldItem, tuple[int, bool]]:
    """By batch, for each gold picture that is hidden on the user's desk, whether they answered."""
    mine = GoldAnswer.objects.filter(image=OuterRef("image"), person=user)
    items = given_items(Kind.HIDDEN).filter(person=user, lease__batch__in=batch_ids)
    return items.values_list("lease__batch", Exists(mine))


def progress_of_batches(batches: Sequence[Batch]) -> list[BatchProgress]:
    """How far these batches are, in their order. Three queries, however many they are."""
    spans = _spans_of(batches)
    shares = _shares_in(batches)
    return [
        BatchProgress(
            batch=batch,
            first_number=spans[batch.pk].first_number,
            last_number=spans[batch.pk].last_number,
            num_images=spans[batch.pk].num_images,
            num_judged=spans[batch.pk].num_judged,
            num_third=spans[batch.pk].num_third,
            shares=tuple(shares[batch.pk]),
        )
        for batch in batches
    ]


@dataclass(slots=True)
class _Span:
    first_number: int = 0
    last_number: int = 0
    num_images: int = 0
    num_judged: int = 0
    num_third: int = 0


def _spans_of(batches: Sequence[Batch]) -> dict[int, _Span]:
    """By batch, which images it spans and how many of them need no further vote."""
    items = BatchItem.objects.filter(~is_purged("image"), batch__in=batches).order_by()
    rows = (
        with_tallies(items, image="image")
        .values("batch", TALLY)
        .annotate(num=Count("pk"), first=Min("image__number"), last=Max("image__number"))
    )
    spans: dict[int, _Span] = defaultdict(_Span)
    for row in rows:
        span = spans[row["batch"]]
        span.first_number = min(span.first_number or row["first"], row["first"])
        span.last_number = max(span.last_number, row["last"])
        span.num_images += row["num"]
        tally = unpacked(row[TALLY])
        if votes_wanted(tally) == 0:
            span.num_judged += row["num"]
        if third_wanted(tally):
            span.num_third += row["num"]
    return spans


def _shares_in(batches: Sequence[Batch]) -> dict[int, list[Share]]:
    votes = Vote.objects.filter(~is_purged("image"), image__batch_item__batch__in=batches)
    num_votes = {
        (row["image__batch_item__batch"], row["volunteer"]): row["num"]
        for row in votes.order_by()
        .values("image__batch_item__batch", "volunteer")
        .annotate(num=Count("pk"))
    }
    now = timezone.now()
    shares: dict[int, list[Share]] = defaultdict(list)
    for lease in leases_of(batches):
        shares[lease.batch_id].append(
            Share(
                lease=lease,
                state=lease.state(now),
                num_votes=num_votes.get((lease.batch_id, lease.volunteer_id), 0),
            )
        )
    return shares
