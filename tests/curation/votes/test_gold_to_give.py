"""Which gold lies on whose desk, and where; and what whoever had a picture as gold is spared."""

from __future__ import annotations

import datetime as dt
from uuid import uuid4

import pytest
from django.utils import timezone

from curation.batches.models import Assignment, Batch, BatchItem
from curation.batches.revoke_batch import revoke_batch
from curation.consensus.blind import images_to_judge
from curation.gold.answer_gold import answer_gold
from curation.gold.models import Gold, GoldItem, GoldPlan, Kind
from curation.images.models import Image
from curation.manual.reasons import Reason
from curation.projects.models import Membership, Role, User
from curation.subjects.models import Subject
from curation.votes.cast_vote import cast_vote
from curation.votes.desk import desk_items
from curation.votes.gold_to_give import gold_to_give
from curation.votes.models import Vote
from curation.votes.plan_gold import plan_gold
from curation.votes.plan_practice import plan_practice
from curation.votes.progress import batches_held_by
from curation.votes.take_back_item import take_back_item
from curation.votes.work import free_batches
from tests.stories.batches import KEEP, REJECT, crowd, hand_out, image_row
from tests.stories.gold import event, gold
from tests.stories.hidden_gold import cut_of, gold_on, judge, opened, refusal_of, thirty_known

SHARED = pytest.mark.django_db
PAST = timezone.now() - dt.timedelta(hours=1)


@pytest.fixture
def known(subject: Subject, admin: User) -> list[Gold]:
    return thirty_known(subject, by=admin)


@pytest.fixture
def batch(subject: Subject, known: list[Gold], organiser: User, volunteer: User) -> Batch:
    """Thirty pictures; gold is left out of the cut, as its answers would be votes."""
    return cut_of(subject, range(1, 31), organiser, volunteer)


def answered_as(kind: Kind, batch: Batch, person: User) -> Image:
    """A picture that the person has answered as gold of this kind, under their lease."""
    lease = Assignment.objects.get(batch=batch, volunteer=person)
    if kind == Kind.PRACTICE:
        plan_practice(batch=batch, lease=lease, person=person)
    else:
        plan_gold(batch=batch, lease=lease, person=person)
    item = GoldItem.objects.filter(lease=lease, kind=kind)[0]
    answer_gold(item_id=item.pk, person=person, kind=kind, verdict=KEEP, client_key=uuid4())
    return item.image


@SHARED
def test_of_the_first_twenty_eight_are_gold_and_fewer_later(batch: Batch, volunteer: User) -> None:
    desk = opened(batch, volunteer)
    hidden = {each.item_id for each in gold_on(desk)}
    is_gold = [each.item_id in hidden for each in desk]
    assert [sum(is_gold[at : at + 10]) for at in (0, 10, 20, 30)] == [4, 4, 3, 3]
    assert [each.position for each in desk] == list(range(1, len(desk) + 1))
    assert len({each.image.pk for each in desk}) == len(desk)


@SHARED
def test_the_first_opening_counts_and_another_batch_has_other_gold(
    batch: Batch, subject: Subject, volunteer: User, organiser: User
) -> None:
    desk = opened(batch, volunteer)
    assert [each.item_id for each in opened(batch, volunteer)] == [each.item_id for each in desk]
    gold(image_row(subject, 500), KEEP)
    assert len(opened(batch, volunteer)) == len(desk)
    for each in desk:
        judge(volunteer, each.item_id)
    more = cut_of(subject, range(31, 61), organiser, volunteer)
    desk_of_more = opened(more, volunteer)
    first = {each.image.pk for each in gold_on(desk)}
    second = {each.image.pk for each in gold_on(desk_of_more)}
    assert second
    assert not first & second
    assert len(desk) < 60
    start = len(desk)
    is_gold = [each.image.pk in second for each in desk_of_more]
    whole = [at for at in range(start, start + len(is_gold) - 9) if at % 10 == 0]
    for at in whole:
        wanted = [4, 4, 3, 3, 2, 2][at // 10] if at < 60 else 1
        assert sum(is_gold[at - start : at - start + 10]) == wanted


@SHARED
def test_there_is_more_of_what_a_person_is_weak_at(
    batch: Batch, subject: Subject, volunteer: User
) -> None:
    for n in range(20):
        image = image_row(subject, 900 + n)
        gold(image, REJECT, Reason.DRAWN if n % 2 else Reason.BLURRY)
        event(volunteer, image, REJECT, Reason.BLURRY)
    hidden = [each.image.gold.reason_codes for each in gold_on(opened(batch, volunteer))]
    assert hidden.count("drawn") > hidden.count("blurry")


@SHARED
def test_no_gold_for_who_may_see_its_answers(
    batch: Batch, volunteer: User, organiser: User
) -> None:
    hand_out(batch, organiser, by=organiser)
    assert gold_on(opened(batch, organiser)) == []
    assert not GoldPlan.objects.filter(lease__volunteer=organiser).exists()


@SHARED
def test_whoever_becomes_an_organiser_finishes_the_desk_that_they_hold(
    batch: Batch, volunteer: User, organiser: User
) -> None:
    desk = opened(batch, volunteer)
    Membership.objects.filter(user=volunteer).update(role=Role.ORGANISER)
    assert gold_on(desk)
    for each in desk:
        judge(volunteer, each.item_id)
    assert batches_held_by(volunteer)[0].num_left == 0
    more = cut_of(batch.subject, range(31, 61), organiser, volunteer)
    assert gold_on(opened(more, volunteer)) == []


@SHARED
def test_what_somebody_has_seen_marked_or_holds_is_not_given_to_them(
    subject: Subject, organiser: User, volunteer: User, known: list[Gold]
) -> None:
    held, voted, marked, given, purged, gone, free = known[:7]
    Gold.objects.exclude(pk__in=[each.pk for each in known[:7]]).delete()
    other = cut_of(subject, range(1, 1), organiser, volunteer)
    BatchItem.objects.create(batch=other, image=held.image, position=1)
    before = cut_of(subject, range(1, 1), organiser, volunteer)
    BatchItem.objects.create(batch=before, image=voted.image, position=1)
    judge(volunteer, before.items.get().pk)
    Gold.objects.filter(pk=marked.pk).update(marked_by=volunteer)
    lease = Assignment.objects.get(batch=before)
    row = {"lease": lease, "person": volunteer, "image": given.image, "place": 1}
    GoldItem.objects.create(**row, kind=Kind.PRACTICE)
    Image.objects.filter(pk=purged.pk).update(purged_at=PAST)
    Gold.objects.filter(pk=gone.pk).delete()
    batch = cut_of(subject, range(1, 31), organiser, volunteer)
    assert [each.image for each in gold_on(opened(batch, volunteer))] == [free.image]


@SHARED
def test_what_waits_for_votes_in_any_batch_is_given_to_nobody(
    subject: Subject, organiser: User, volunteer: User, known: list[Gold]
) -> None:
    """They could practise on it or be told of it, and then vote on it there."""
    Gold.objects.exclude(pk=known[0].pk).delete()
    elsewhere = cut_of(subject, range(0), organiser)
    item = BatchItem.objects.create(batch=elsewhere, image=known[0].image, position=1)
    batch = cut_of(subject, range(1, 31), organiser, volunteer)
    assert gold_to_give(volunteer, batch) == []
    voters = crowd(subject.project, 2)
    hand_out(elsewhere, *voters, by=organiser)
    for nth, voter in enumerate(voters):
        assert gold_to_give(volunteer, batch) == [], nth
        judge(voter, item.pk)
    assert [each.image_id for each in gold_to_give(volunteer, batch)] == [known[0].pk]


@SHARED
@pytest.mark.parametrize("kind", Kind)
def test_whoever_had_a_picture_as_gold_is_asked_for_no_vote_on_it(
    batch: Batch, subject: Subject, organiser: User, volunteer: User, kind: Kind
) -> None:
    """Its answer was told to them. It is gold no more, and waits in a batch like all others."""
    image = answered_as(kind, batch, volunteer)
    Gold.objects.filter(image=image).delete()
    (friend,) = crowd(subject.project, 1)
    later = cut_of(subject, range(200, 202), organiser, volunteer, friend)
    item = BatchItem.objects.create(batch=later, image=image, position=3)
    assert [each.is_open for each in desk_items(later, volunteer)] == [True, True, False]
    assert [each.is_open for each in desk_items(later, friend)] == [True, True, True]
    left = {held.batch: held.num_left for held in batches_held_by(volunteer)}
    assert left[later] == 2
    judged_by_others = later.items.get(position=1)
    voters = [User.objects.create_user(f"other{n}") for n in range(2)]
    for voter in voters:
        Membership.objects.create(project=subject.project, user=voter, role=Role.VOLUNTEER)
        hand_out(later, voter, by=organiser)
        judge(voter, judged_by_others.pk)
    refused = [
        refusal_of(lambda pk=each.pk: judge(volunteer, pk)) for each in (item, judged_by_others)
    ]
    assert refused[0] == refused[1], "not even the words tell which of them was gold"
    assert refused[0][0] == "enough_votes"
    assert judge(friend, item.pk).verdict == KEEP
    assert not Vote.objects.filter(image=image, volunteer=volunteer).exists()


@SHARED
def test_nor_is_whoever_took_their_answer_back(
    batch: Batch, subject: Subject, organiser: User, volunteer: User
) -> None:
    """What they said is undone, not that they had it: it measured them already."""
    image = answered_as(Kind.HIDDEN, batch, volunteer)
    hidden = GoldItem.objects.get(image=image)
    take_back_item(item_id=hidden.pk, volunteer=volunteer, client_key=uuid4())
    on_desk = {each.item_id: each.is_open for each in desk_items(batch, volunteer)}
    assert on_desk[hidden.pk], "there it can be answered anew"
    Gold.objects.filter(image=image).delete()
    first, second = crowd(subject.project, 2)
    later = cut_of(subject, range(0), organiser)
    item = BatchItem.objects.create(batch=later, image=image, position=1)
    for_all = Batch.objects.filter(pk=later.pk)
    assert not free_batches(for_all, volunteer, had=False)
    hand_out(later, volunteer, first, by=organiser)
    assert [each.is_open for each in desk_items(later, volunteer)] == [False]
    assert {held.batch: held.num_left for held in batches_held_by(volunteer)}[later] == 0
    assert refusal_of(lambda: judge(volunteer, item.pk))[0] == "enough_votes"
    assert image.pk not in set(images_to_judge(volunteer, subject))
    assert free_batches(for_all, second, had=False), "the first alone will vote"


@SHARED
def test_no_batch_comes_of_pictures_that_somebody_had_as_gold_nor_is_it_held_up_by_them(
    batch: Batch, subject: Subject, organiser: User, volunteer: User
) -> None:
    image = answered_as(Kind.HIDDEN, batch, volunteer)
    Gold.objects.filter(image=image).delete()
    later = cut_of(subject, range(0), organiser)
    BatchItem.objects.create(batch=later, image=image, position=1)
    first, second, third = crowd(subject.project, 3)
    for_all = Batch.objects.filter(pk=later.pk)
    assert not free_batches(for_all, volunteer, had=False)
    hand_out(later, volunteer, first, by=organiser)
    assert free_batches(for_all, second, had=False), "the first alone will vote"
    hand_out(later, second, by=organiser)
    assert not free_batches(for_all, third, had=False)


@SHARED
def test_pictures_that_were_judged_before_take_no_part(
    batch: Batch, volunteer: User, organiser: User
) -> None:
    for item in batch.items.all():
        cast_vote(item_id=item.pk, volunteer=volunteer, verdict=KEEP, client_key=uuid4())
    assert gold_on(opened(batch, volunteer)) == [], "nothing is left to hide it among"


@SHARED
def test_another_volunteer_of_the_batch_has_other_places(
    batch: Batch, volunteer: User, admin: User
) -> None:
    other = User.objects.create_user("vito")
    Membership.objects.create(user=other, project=batch.subject.project, role=Role.VOLUNTEER)
    hand_out(batch, other, by=admin)
    mine, theirs = opened(batch, volunteer), opened(batch, other)
    assert [each.image for each in mine] != [each.image for each in theirs]
    hidden = gold_on(mine)[0]
    assert refusal_of(lambda: judge(other, hidden.item_id))[0] == "not_found"
    revoke_batch(batch=batch, volunteer=other, actor=admin)
    assert refusal_of(lambda: judge(other, hidden.item_id))[0] == "not_assigned"
