"""Who is at work keeps their batch; who is not loses it when the organiser said."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.utils import timezone

from curation.batches.assign_batch import assign_batch
from curation.batches.errors import LeaseExpired, NotAssigned
from curation.batches.extend_lease import AFTER_A_VOTE, MOST_BEYOND, extended_end
from curation.batches.models import Assignment, Batch
from curation.batches.revoke_batch import revoke_batch
from curation.images.models import Image
from curation.projects.models import Project, User
from curation.subjects.models import Subject
from tests.stories.batches import (
    KEEP,
    REJECT,
    crowd,
    cut,
    expire,
    hand_out,
    items_of,
    vote,
)

NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
MINUTES = dt.timedelta(minutes=1)


@pytest.fixture
def vera(project: Project) -> User:
    return crowd(project, 1)[0]


@pytest.fixture
def batch(subject: Subject, vera: User, organiser: User, make_image: Callable[..., Image]) -> Batch:
    batch = cut(subject, make_image, num=3, by=organiser)
    hand_out(batch, vera, by=organiser)
    return batch


def lease_of(person: User) -> Assignment:
    return Assignment.objects.get(volunteer=person)


def leave(person: User, minutes: int, *, granted: int | None = None) -> None:
    """Let so much of the person's time be left, of a lease granted until `granted` minutes on."""
    now = timezone.now()
    Assignment.objects.filter(volunteer=person).update(
        leased_until=now + minutes * MINUTES,
        granted_until=now + (minutes if granted is None else granted) * MINUTES,
    )


@pytest.mark.parametrize(
    ("leased", "granted", "after"),
    [
        (600, 600, 600),  # time enough: nothing moves
        (10, 10, 60),  # an hour from the vote on
        (10, -1370, 60),  # 70 minutes are left of the day beyond
        (10, -1410, 30),  # less of it is left
        (10, -1440, 10),  # all of it is used up: the end stays, and is never earlier
    ],
)
def test_a_vote_leaves_an_hour_within_a_day_beyond_what_was_granted(
    leased: int, granted: int, after: int
) -> None:
    end = extended_end(
        leased_until=NOON + leased * MINUTES,
        granted_until=NOON + granted * MINUTES,
        voted_at=NOON,
    )
    assert end == NOON + after * MINUTES
    assert end <= max(NOON + leased * MINUTES, NOON + granted * MINUTES + MOST_BEYOND)


def test_a_vote_shortly_before_the_end_moves_it_on(batch: Batch, vera: User) -> None:
    leave(vera, 10)
    before = timezone.now()
    vote(vera, items_of(batch)[0], KEEP)
    end = lease_of(vera).leased_until
    assert before + AFTER_A_VOTE <= end <= timezone.now() + AFTER_A_VOTE
    vote(vera, items_of(batch)[1], KEEP)
    assert lease_of(vera).leased_until == end, "a gain of a moment is not worth a write"


def test_a_vote_long_before_the_end_changes_nothing(batch: Batch, vera: User) -> None:
    end = lease_of(vera).leased_until
    vote(vera, items_of(batch)[0], KEEP)
    assert lease_of(vera).leased_until == end


def test_voting_does_not_go_on_for_ever(batch: Batch, vera: User) -> None:
    leave(vera, 5, granted=-1440)
    end = lease_of(vera).leased_until
    vote(vera, items_of(batch)[0], KEEP)
    assert lease_of(vera).leased_until == end


def test_changing_a_vote_counts_as_voting(batch: Batch, vera: User) -> None:
    vote(vera, items_of(batch)[0], KEEP)
    leave(vera, 5)
    vote(vera, items_of(batch)[0], REJECT)
    assert lease_of(vera).leased_until > timezone.now() + 50 * MINUTES


def test_what_has_ended_is_not_brought_back_by_a_vote(
    batch: Batch, vera: User, organiser: User
) -> None:
    expire(batch, vera)
    with pytest.raises(LeaseExpired):
        vote(vera, items_of(batch)[0], KEEP)
    assert lease_of(vera).leased_until < timezone.now()
    leave(vera, 5)
    revoke_batch(batch=batch, volunteer=vera, actor=organiser)
    with pytest.raises(NotAssigned):
        vote(vera, items_of(batch)[0], KEEP)


def test_more_time_from_the_organiser_counts_anew(
    batch: Batch, vera: User, organiser: User
) -> None:
    leave(vera, 5, granted=-1440)
    assign_batch(batch=batch, volunteer=vera, days=1, actor=organiser)
    lease = lease_of(vera)
    assert lease.granted_until == lease.leased_until > timezone.now() + 23 * dt.timedelta(hours=1)
