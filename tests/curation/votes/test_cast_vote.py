"""Votes: who may cast them, what is stored, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from curation.batches.close_batch import close_batch
from curation.batches.errors import BatchClosed, LeaseExpired, NotAssigned
from curation.batches.models import Batch, BatchItem
from curation.batches.return_batch import return_batch
from curation.batches.revoke_batch import revoke_batch
from curation.errors import InvalidInput, NotFound
from curation.images.models import Image
from curation.manual.reasons import Reason
from curation.manual.selectors import current_version
from curation.manual.used_reasons import ReasonNotUsed
from curation.manual.verdicts import ReasonRequired
from curation.projects.models import Membership, Project, User
from curation.subjects.gate import ConsentMissing
from curation.subjects.models import Consent, Subject
from curation.votes.cast_vote import cast_vote
from curation.votes.models import Vote, VoteEvent
from curation.votes.take_back_vote import take_back_vote
from tests.stories.batches import (
    KEEP,
    REJECT,
    UNSURE,
    cut,
    expire,
    hand_out,
    items_of,
    vote,
)
from tests.stories.manual import without


@pytest.fixture
def batch(
    subject: Subject, organiser: User, volunteer: User, make_image: Callable[..., Image]
) -> Batch:
    """A batch of two in the volunteer's hands."""
    batch = cut(subject, make_image, num=2, by=organiser)
    hand_out(batch, volunteer, by=organiser)
    return batch


@pytest.fixture
def item(batch: Batch) -> BatchItem:
    return items_of(batch)[0]


def history(item: BatchItem) -> list[str]:
    return list(VoteEvent.objects.filter(image=item.image).values_list("verdict", flat=True))


def test_a_vote_is_stored_with_its_reasons_and_the_manual_it_was_judged_by(
    item: BatchItem, volunteer: User
) -> None:
    cast = vote(volunteer, item, REJECT, Reason.COVERED, Reason.SUBJECT_ABSENT, Reason.COVERED)
    stored = Vote.objects.get(image=item.image, volunteer=volunteer)
    assert stored == cast
    assert stored.reasons == [Reason.SUBJECT_ABSENT, Reason.COVERED]
    assert stored.manual_version == current_version(item.batch.subject.project)
    event = VoteEvent.objects.get()
    assert (event.verdict, event.reason_codes) == ("reject", "subject_absent,covered")
    assert event.at == stored.cast_at


def test_a_reason_that_the_manual_uses_no_more_is_refused_by_its_name(
    item: BatchItem, project: Project, organiser: User, volunteer: User
) -> None:
    now = without(Reason.DRAWN, project, organiser)
    with pytest.raises(ReasonNotUsed, match="is no reason of the manual any more") as refusal:
        vote(volunteer, item, REJECT, Reason.BLURRY, Reason.DRAWN)
    assert refusal.value.context == {"reason": "drawn", "manual": now}
    assert not Vote.objects.exists()
    assert vote(volunteer, item, REJECT, Reason.BLURRY).manual_version == now


def test_a_desk_that_was_taken_along_before_may_name_it_still(
    item: BatchItem, project: Project, organiser: User, volunteer: User
) -> None:
    """Its version of the manual had the reason: that is what the vote was given by."""
    before = current_version(project)
    without(Reason.DRAWN, project, organiser)
    cast = cast_vote(
        item_id=item.pk,
        volunteer=volunteer,
        verdict=REJECT,
        reasons=[Reason.DRAWN],
        client_key=uuid4(),
        manual=before,
    )
    assert cast is not None
    assert (cast.reasons, cast.manual_version) == ([Reason.DRAWN], before)


def test_changing_ones_mind_replaces_the_vote_and_keeps_the_history(
    item: BatchItem, volunteer: User
) -> None:
    vote(volunteer, item, KEEP)
    vote(volunteer, item, REJECT)
    vote(volunteer, item, UNSURE)
    assert Vote.objects.get().verdict == UNSURE
    assert Vote.objects.get().reasons == []
    assert history(item) == ["keep", "reject", "unsure"]


def test_the_same_vote_again_changes_nothing(item: BatchItem, volunteer: User) -> None:
    first = vote(volunteer, item, REJECT, Reason.BLURRY, Reason.DRAWN)
    again = vote(volunteer, item, REJECT, Reason.DRAWN, Reason.BLURRY)
    assert first is not None
    assert again is not None
    assert again.cast_at == first.cast_at
    assert history(item) == ["reject"]


def test_other_reasons_are_a_change(item: BatchItem, volunteer: User) -> None:
    vote(volunteer, item, REJECT, Reason.BLURRY)
    vote(volunteer, item, REJECT, Reason.DRAWN)
    assert Vote.objects.get().reasons == [Reason.DRAWN]
    assert history(item) == ["reject", "reject"]


def test_an_act_sent_again_returns_the_vote_as_it_stands_now(
    item: BatchItem, volunteer: User
) -> None:
    key = uuid4()

    def send() -> Vote | None:
        return cast_vote(item_id=item.pk, volunteer=volunteer, verdict=KEEP, client_key=key)

    first = send()
    assert send() == first
    vote(volunteer, item, UNSURE)
    late = send()
    assert late is not None
    assert late.verdict == UNSURE
    take_back_vote(item_id=item.pk, volunteer=volunteer, client_key=uuid4())
    assert send() is None
    assert history(item) == ["keep", "unsure", ""]


def test_an_act_sent_again_is_acknowledged_even_when_the_time_is_up_meanwhile(
    item: BatchItem, batch: Batch, volunteer: User, organiser: User
) -> None:
    key = uuid4()
    cast_vote(item_id=item.pk, volunteer=volunteer, verdict=KEEP, client_key=key)
    expire(batch, volunteer)
    close_batch(batch=batch, actor=organiser)
    again = cast_vote(item_id=item.pk, volunteer=volunteer, verdict=KEEP, client_key=key)
    assert again is not None
    assert again.verdict == KEEP


def test_a_key_belongs_to_one_image(batch: Batch, volunteer: User) -> None:
    one, other = items_of(batch)
    key = uuid4()
    cast_vote(item_id=one.pk, volunteer=volunteer, verdict=KEEP, client_key=key)
    with pytest.raises(InvalidInput):
        cast_vote(item_id=other.pk, volunteer=volunteer, verdict=KEEP, client_key=key)
    vote(volunteer, other, KEEP)
    with pytest.raises(InvalidInput):
        take_back_vote(item_id=other.pk, volunteer=volunteer, client_key=key)
    assert Vote.objects.count() == 2


def test_two_people_may_happen_to_use_the_same_key(
    item: BatchItem, batch: Batch, volunteer: User, organiser: User
) -> None:
    hand_out(batch, organiser, by=organiser)
    key = uuid4()
    for person in (volunteer, organiser):
        cast_vote(item_id=item.pk, volunteer=person, verdict=KEEP, client_key=key)
    assert Vote.objects.count() == VoteEvent.objects.count() == 2


def test_a_rejection_names_a_reason_and_nothing_else_does(item: BatchItem, volunteer: User) -> None:
    with pytest.raises(ReasonRequired):
        cast_vote(item_id=item.pk, volunteer=volunteer, verdict=REJECT, client_key=uuid4())
    for verdict in (KEEP, UNSURE):
        with pytest.raises(InvalidInput):
            vote(volunteer, item, verdict, Reason.BLURRY)
    assert not VoteEvent.objects.exists()


def test_taking_back_twice_or_nothing_changes_nothing(item: BatchItem, volunteer: User) -> None:
    take_back_vote(item_id=item.pk, volunteer=volunteer, client_key=uuid4())
    vote(volunteer, item, KEEP)
    key = uuid4()
    take_back_vote(item_id=item.pk, volunteer=volunteer, client_key=key)
    vote(volunteer, item, REJECT)
    take_back_vote(item_id=item.pk, volunteer=volunteer, client_key=key)
    assert Vote.objects.get().verdict == REJECT
    assert history(item) == ["keep", "", "reject"]


def test_a_vote_needs_a_lease(item: BatchItem, organiser: User, stranger: User) -> None:
    with pytest.raises(NotAssigned):
        vote(organiser, item, KEEP)
    with pytest.raises(NotFound):
        vote(stranger, item, KEEP)
    with pytest.raises(NotFound):
        cast_vote(item_id=10**6, volunteer=organiser, verdict=KEEP, client_key=uuid4())


def test_a_vote_needs_a_lease_that_still_holds(
    item: BatchItem, batch: Batch, volunteer: User, organiser: User
) -> None:
    vote(volunteer, item, KEEP)
    expire(batch, volunteer)
    with pytest.raises(LeaseExpired):
        vote(volunteer, item, UNSURE)
    with pytest.raises(LeaseExpired):
        take_back_vote(item_id=item.pk, volunteer=volunteer, client_key=uuid4())
    hand_out(batch, volunteer, by=organiser)
    return_batch(batch=batch, actor=volunteer)
    with pytest.raises(NotAssigned):
        vote(volunteer, item, UNSURE)
    hand_out(batch, volunteer, by=organiser)
    revoke_batch(batch=batch, volunteer=volunteer, actor=organiser)
    with pytest.raises(NotAssigned):
        vote(volunteer, item, UNSURE)
    assert Vote.objects.get().verdict == KEEP


def test_nobody_votes_in_a_closed_batch(
    item: BatchItem, batch: Batch, volunteer: User, organiser: User
) -> None:
    vote(volunteer, item, KEEP)
    close_batch(batch=batch, actor=organiser)
    with pytest.raises(BatchClosed):
        vote(volunteer, item, UNSURE)
    with pytest.raises(BatchClosed):
        take_back_vote(item_id=item.pk, volunteer=volunteer, client_key=uuid4())


def test_who_was_put_out_of_the_project_votes_no_more(item: BatchItem, volunteer: User) -> None:
    Membership.objects.filter(user=volunteer).delete()
    with pytest.raises(NotFound):
        vote(volunteer, item, KEEP)


def test_no_vote_without_consent(item: BatchItem, volunteer: User, admin: User) -> None:
    Consent.objects.update(withdrawn_at=timezone.now(), withdrawn_by=admin)
    with pytest.raises(ConsentMissing):
        vote(volunteer, item, KEEP)


def test_no_vote_on_a_purged_image(item: BatchItem, volunteer: User) -> None:
    Image.objects.filter(pk=item.image_id).update(purged_at=timezone.now())
    with pytest.raises(NotFound):
        vote(volunteer, item, KEEP)


def test_the_database_itself_refuses_what_must_not_be(item: BatchItem, volunteer: User) -> None:
    vote(volunteer, item, KEEP)
    with pytest.raises(IntegrityError, match=r"image_id|one_vote"), transaction.atomic():
        raw_vote(item, volunteer, KEEP, "").save()
    Vote.objects.all().delete()
    for verdict, codes in ((REJECT, ""), (KEEP, "blurry"), ("maybe", "")):
        with pytest.raises(IntegrityError), transaction.atomic():
            raw_vote(item, volunteer, verdict, codes).save()


def raw_vote(item: BatchItem, person: User, verdict: str, codes: str) -> Vote:
    return Vote(
        image=item.image,
        volunteer=person,
        verdict=verdict,
        reason_codes=codes,
        manual_version=1,
        cast_at=timezone.now(),
    )


def test_history_is_append_only(item: BatchItem, volunteer: User) -> None:
    vote(volunteer, item, KEEP)
    event = VoteEvent.objects.get()
    with pytest.raises(TypeError):
        event.save()
    with pytest.raises(TypeError):
        event.delete()


def test_a_vote_costs_a_fixed_number_of_queries(
    batch: Batch,
    volunteer: User,
    organiser: User,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    item = items_of(batch)[0]
    hand_out(batch, organiser, by=organiser)
    # Transaction (2), all that it finds, vote, tally, event; one for locks where there are any.
    first = 6 + connection.features.has_select_for_update
    # A rejection asks whether the manual has its reasons; who changes their mind has a vote, which
    # is read.
    for person, verdict, expected in (
        (volunteer, KEEP, first),
        (organiser, REJECT, first + 1),
        (organiser, UNSURE, first + 1),
    ):
        with django_assert_num_queries(expected):
            vote(person, item, verdict)
