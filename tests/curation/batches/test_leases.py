"""Handing batches out, taking them back, and for how long they may be worked in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.utils import timezone

from curation.batches.access import access_leased_batch
from curation.batches.assign_batch import assign_batch
from curation.batches.close_batch import close_batch
from curation.batches.errors import BatchClosed, LeaseExpired, NotAssigned
from curation.batches.models import Assignment, Batch, LeaseState
from curation.batches.reopen_batch import reopen_batch
from curation.batches.return_batch import return_batch
from curation.batches.revoke_batch import revoke_batch
from curation.errors import InvalidInput, NotAllowed, NotFound
from curation.images.models import Image
from curation.projects.models import ActionLog, Membership, User
from curation.subjects.gate import ConsentMissing
from curation.subjects.models import Consent, Subject
from tests.stories.batches import cut, expire, hand_out


@pytest.fixture
def batch(subject: Subject, organiser: User, make_image: Callable[..., Image]) -> Batch:
    return cut(subject, make_image, num=2, by=organiser)


def test_a_batch_is_handed_out_for_a_week(batch: Batch, volunteer: User, organiser: User) -> None:
    lease = assign_batch(batch=batch, volunteer=volunteer, actor=organiser)
    left = lease.leased_until - timezone.now()
    assert dt.timedelta(days=6, hours=23) < left <= dt.timedelta(days=7)
    assert access_leased_batch(volunteer, batch.pk) == (batch, lease)
    entry = ActionLog.objects.get(action="batch.assign")
    assert entry.details["volunteer"] == "vera"


def test_assigning_again_gives_more_time_on_the_same_lease(
    batch: Batch, volunteer: User, organiser: User
) -> None:
    first = assign_batch(batch=batch, volunteer=volunteer, days=1, actor=organiser)
    expire(batch, volunteer)
    with pytest.raises(LeaseExpired):
        access_leased_batch(volunteer, batch.pk)
    again = assign_batch(batch=batch, volunteer=volunteer, days=3, actor=organiser)
    assert again.pk == first.pk
    assert access_leased_batch(volunteer, batch.pk)[1] == again


def test_giving_back_ends_the_lease_and_twice_changes_nothing(
    batch: Batch, volunteer: User, organiser: User
) -> None:
    hand_out(batch, volunteer, by=organiser)
    returned = return_batch(batch=batch, actor=volunteer)
    with pytest.raises(NotAssigned):
        access_leased_batch(volunteer, batch.pk)
    assert return_batch(batch=batch, actor=volunteer).returned_at == returned.returned_at
    assert ActionLog.objects.filter(action="batch.return").count() == 1
    hand_out(batch, volunteer, by=organiser)
    assert access_leased_batch(volunteer, batch.pk)[1].returned_at is None


def test_only_what_one_has_can_be_given_back(
    batch: Batch, volunteer: User, organiser: User
) -> None:
    with pytest.raises(NotAssigned):
        return_batch(batch=batch, actor=volunteer)


def test_an_organiser_takes_a_batch_back(batch: Batch, volunteer: User, organiser: User) -> None:
    hand_out(batch, volunteer, by=organiser)
    with pytest.raises(NotAllowed):
        revoke_batch(batch=batch, volunteer=volunteer, actor=volunteer)
    revoke_batch(batch=batch, volunteer=volunteer, actor=organiser)
    with pytest.raises(NotAssigned):
        access_leased_batch(volunteer, batch.pk)
    assert ActionLog.objects.get(action="batch.revoke").actor == organiser


def test_what_was_never_handed_out_cannot_be_taken_back(
    batch: Batch, volunteer: User, organiser: User
) -> None:
    with pytest.raises(NotFound):
        revoke_batch(batch=batch, volunteer=volunteer, actor=organiser)


def test_a_closed_batch_is_closed_for_everybody_until_it_is_opened_again(
    batch: Batch, volunteer: User, organiser: User
) -> None:
    hand_out(batch, volunteer, by=organiser)
    close_batch(batch=batch, actor=organiser)
    close_batch(batch=batch, actor=organiser)
    with pytest.raises(BatchClosed):
        access_leased_batch(volunteer, batch.pk)
    with pytest.raises(BatchClosed):
        hand_out(batch, volunteer, by=organiser)
    reopen_batch(batch=batch, actor=organiser)
    reopen_batch(batch=batch, actor=organiser)
    assert access_leased_batch(volunteer, batch.pk)[0] == batch
    assert ActionLog.objects.filter(action__in=["batch.close", "batch.reopen"]).count() == 2


def test_volunteers_neither_close_nor_open_nor_hand_out(batch: Batch, volunteer: User) -> None:
    with pytest.raises(NotAllowed):
        close_batch(batch=batch, actor=volunteer)
    with pytest.raises(NotAllowed):
        reopen_batch(batch=batch, actor=volunteer)
    with pytest.raises(NotAllowed):
        assign_batch(batch=batch, volunteer=volunteer, actor=volunteer)


def test_batches_go_to_members_only(batch: Batch, organiser: User, stranger: User) -> None:
    with pytest.raises(InvalidInput):
        assign_batch(batch=batch, volunteer=stranger, actor=organiser)
    assert not Assignment.objects.exists()


@pytest.mark.parametrize("days", [0, -3, 91])
def test_a_lease_has_a_sensible_length(
    batch: Batch, volunteer: User, organiser: User, days: int
) -> None:
    with pytest.raises(InvalidInput):
        assign_batch(batch=batch, volunteer=volunteer, days=days, actor=organiser)


def test_who_leaves_the_project_loses_the_batch(
    batch: Batch, volunteer: User, organiser: User
) -> None:
    hand_out(batch, volunteer, by=organiser)
    Membership.objects.filter(user=volunteer).delete()
    with pytest.raises(NotFound):
        access_leased_batch(volunteer, batch.pk)


def test_without_consent_nothing_is_handed_out_and_the_desk_is_empty(
    batch: Batch, volunteer: User, organiser: User
) -> None:
    hand_out(batch, volunteer, by=organiser)
    Consent.objects.update(withdrawn_at=timezone.now(), withdrawn_by=organiser)
    with pytest.raises(ConsentMissing):
        access_leased_batch(volunteer, batch.pk)
    with pytest.raises(ConsentMissing):
        hand_out(batch, volunteer, by=organiser)


def test_strangers_learn_nothing_of_a_batch(batch: Batch, stranger: User) -> None:
    with pytest.raises(NotFound):
        access_leased_batch(stranger, batch.pk)
    with pytest.raises(NotFound):
        access_leased_batch(stranger, batch.pk + 1000)


def test_a_lease_says_how_it_stands() -> None:
    noon = dt.datetime(2026, 7, 1, 12, tzinfo=dt.UTC)
    lease = Assignment(leased_until=noon)
    assert lease.state(noon - dt.timedelta(microseconds=1)) is LeaseState.LIVE
    assert lease.state(noon) is LeaseState.EXPIRED
    lease.returned_at = noon - dt.timedelta(hours=1)
    assert lease.state(noon - dt.timedelta(minutes=1)) is LeaseState.RETURNED
