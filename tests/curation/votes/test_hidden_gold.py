"""Gold among the pictures of a batch: judged like them, counted apart, and told by nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from itertools import product
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from curation.batches.models import ITEM_ID_BITS, Assignment, Batch, BatchItem
from curation.batches.revoke_batch import revoke_batch
from curation.consensus.selectors import decisions_on, state_counts
from curation.errors import NotFound, Refused
from curation.gold.answer_gold import answer_gold
from curation.gold.models import Gold, GoldAnswer, GoldItem, GoldPlan, Kind
from curation.gold.selectors import accuracy_of, num_hidden_answers
from curation.images.models import Image
from curation.manual.reasons import Reason
from curation.manual.verdicts import Verdict
from curation.projects.models import Membership, Role, User
from curation.subjects.models import Consent, Subject
from curation.votes.cast_vote import cast_vote
from curation.votes.desk import DeskItem, desk_items
from curation.votes.gold_to_give import gold_to_give
from curation.votes.judge_item import judge_item
from curation.votes.models import ImageTally, Vote, VoteEvent
from curation.votes.near import near_in
from curation.votes.plan_gold import plan_gold
from curation.votes.plan_practice import plan_practice
from curation.votes.progress import batches_held_by, num_votes_by, progress_of_batch
from curation.votes.say_distinct import say_distinct
from curation.votes.take_back_item import take_back_item
from curation.votes.work import free_batches
from tests.stories.batches import KEEP, REJECT, UNSURE, crowd, hand_out, image_row
from tests.stories.gold import event, gold
from tests.stories.manual import without

MakeImage = Callable[..., Image]

SHARED = pytest.mark.django_db
PAST = timezone.now() - dt.timedelta(hours=1)


@pytest.fixture
def known(subject: Subject, admin: User) -> list[Gold]:
    """Thirty gold pictures in no batch: ten to keep, ten blurry, ten drawn."""
    answers = [(KEEP,), (REJECT, Reason.BLURRY), (REJECT, Reason.DRAWN)]
    return [gold(image_row(subject, 100 + n), *answers[n % 3], by=admin) for n in range(30)]


@pytest.fixture
def batch(subject: Subject, known: list[Gold], organiser: User, volunteer: User) -> Batch:
    """Thirty pictures; gold is left out of the cut, as its answers would be votes."""
    return cut_of(subject, range(1, 31), organiser, volunteer)


def cut_of(subject: Subject, numbers: range, organiser: User, *people: User) -> Batch:
    batch = Batch.objects.create(
        subject=subject, number=1 + Batch.objects.count(), created_by=organiser
    )
    for place, number in enumerate(numbers, start=1):
        image = image_row(subject, number)
        BatchItem.objects.create(batch=batch, image=image, position=place)
    hand_out(batch, *people, by=organiser)
    return batch


def opened(batch: Batch, person: User) -> list[DeskItem]:
    """The desk as its person opens it."""
    lease = Assignment.objects.get(batch=batch, volunteer=person)
    plan_gold(batch=batch, lease=lease, person=person)
    return desk_items(batch, person)


def gold_on(desk: list[DeskItem]) -> list[DeskItem]:
    return [each for each in desk if Gold.objects.filter(image=each.image).exists()]


def judge(
    person: User, item_id: int, verdict: Verdict = KEEP, *reasons: Reason, key: UUID | None = None
) -> Any:
    return judge_item(
        item_id=item_id,
        volunteer=person,
        verdict=verdict,
        reasons=reasons,
        client_key=key or uuid4(),
    )


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


def refusal_of(act: Callable[[], object]) -> tuple[str, str, dict[str, Any]]:
    try:
        act()
    except Refused as refusal:
        context = {key: value for key, value in refusal.context.items() if key != "item_id"}
        return refusal.code, str(refusal.message), context
    return "", "", {}


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
def test_an_answer_is_no_vote_and_decides_nothing(
    batch: Batch, subject: Subject, volunteer: User
) -> None:
    def counted() -> list[Any]:
        images = Image.objects.filter(subject=subject)
        outcomes = sorted((each.number, each.outcome.value) for each in decisions_on(images))
        progress = progress_of_batch(batch)
        return [
            *(model.objects.count() for model in (Vote, VoteEvent, ImageTally)),
            outcomes,
            state_counts(subject),
            (progress.num_images, progress.num_judged, progress.shares[0].num_votes),
            num_votes_by(volunteer),
        ]

    desk = opened(batch, volunteer)
    before = counted()
    hidden = gold_on(desk)
    for each in hidden:
        answer = judge(volunteer, each.item_id, REJECT, Reason.DRAWN)
        assert (answer.verdict, answer.reasons) == ("reject", [Reason.DRAWN])
    assert counted() == before
    assert num_hidden_answers(volunteer) == len(hidden)
    mine = {each.item_id: each.mine for each in desk_items(batch, volunteer)}
    assert all(mine[each.item_id] for each in hidden)
    take_back_item(item_id=hidden[0].item_id, volunteer=volunteer, client_key=uuid4())
    assert counted() == before
    assert GoldAnswer.objects.count() == len(hidden) - 1


@SHARED
def test_its_person_sees_it_counted_like_all_others(batch: Batch, volunteer: User) -> None:
    desk = opened(batch, volunteer)
    left = len(desk)
    for each in desk:
        (held,) = batches_held_by(volunteer)
        assert (held.num_images, held.num_left) == (len(desk), left)
        assert held.num_votes == len(desk) - left
        judge(volunteer, each.item_id)
        left -= 1
    take_back_item(item_id=gold_on(desk)[0].item_id, volunteer=volunteer, client_key=uuid4())
    assert batches_held_by(volunteer)[0].num_left == 1


@SHARED
def test_the_first_word_measures_whatever_is_said_later(batch: Batch, volunteer: User) -> None:
    hidden = next(each for each in gold_on(opened(batch, volunteer)) if not each.image.gold.reasons)
    judge(volunteer, hidden.item_id, REJECT, Reason.BLURRY)
    take_back_item(item_id=hidden.item_id, volunteer=volunteer, client_key=uuid4())
    judge(volunteer, hidden.item_id, KEEP)
    told = accuracy_of(volunteer, batch.subject.project)["keep"]
    assert (told.asked, told.right, dict(told.instead)) == (1, 0, {"blurry": 1})


@SHARED
@pytest.mark.parametrize("is_gold", [True, False])
def test_an_act_sent_again_is_one_act(batch: Batch, volunteer: User, *, is_gold: bool) -> None:
    """The same story on gold and on a picture of the batch."""
    desk = opened(batch, volunteer)
    hidden = [each.item_id for each in gold_on(desk)]
    one, other = [each.item_id for each in desk if (each.item_id in hidden) == is_gold][:2]
    first, second, third = uuid4(), uuid4(), uuid4()
    at = judge(volunteer, one, KEEP, key=first).cast_at
    assert judge(volunteer, one, KEEP, key=uuid4()).cast_at == at, "the same vote again"
    assert judge(volunteer, one, UNSURE, key=second).verdict == "unsure"
    assert judge(volunteer, one, KEEP, key=first).verdict == "unsure", "an old act sent again"
    take_back_item(item_id=one, volunteer=volunteer, client_key=third)
    assert judge(volunteer, one, UNSURE, key=second) is None
    take_back_item(item_id=one, volunteer=volunteer, client_key=third)
    code, *_told = refusal_of(lambda: judge(volunteer, other, key=first))
    assert code == "invalid_input", "a key is one picture's"


@SHARED
def test_in_every_state_of_things_gold_is_refused_as_a_picture_of_the_batch_is(
    batch: Batch, volunteer: User, organiser: User, stranger: User
) -> None:
    desk = opened(batch, volunteer)
    hidden = gold_on(desk)[0]
    plain = next(each for each in desk if each.item_id != hidden.item_id)
    pair = (hidden, plain)
    future = timezone.now() + dt.timedelta(hours=1)
    seen = set()
    for returned, until, closed, purged, withdrawn, member, picture in product(
        (None, PAST), (PAST, future), (None, PAST), (None, PAST), (None, PAST), (True, False), "x "
    ):
        Assignment.objects.update(returned_at=returned, leased_until=until)
        Batch.objects.update(closed_at=closed)
        Image.objects.update(purged_at=purged)
        Consent.objects.update(
            withdrawn_at=withdrawn, withdrawn_by=organiser if withdrawn else None
        )
        if member:
            Membership.objects.get_or_create(
                user=volunteer, project=batch.subject.project, defaults={"role": Role.VOLUNTEER}
            )
        else:
            Membership.objects.filter(user=volunteer).delete()

        def take_back(each: DeskItem, picture: str = picture) -> None:
            take_back_item(
                item_id=each.item_id,
                volunteer=volunteer,
                client_key=uuid4(),
                picture=picture.strip(),
            )

        of_gold, of_other = (refusal_of(lambda each=each: take_back(each)) for each in pair)
        assert of_gold == of_other
        seen.add(of_gold[0])
    assert seen == {
        *("", "not_assigned", "batch_closed", "lease_expired", "consent_missing"),
        *("not_found", "other_picture"),
    }
    Image.objects.update(purged_at=None)
    for each in pair:
        assert refusal_of(lambda each=each: judge(stranger, each.item_id))[0] == "not_found"
        assert refusal_of(lambda each=each: judge(organiser, each.item_id))[0] == "not_assigned"


@SHARED
def test_a_reason_that_the_manual_uses_no_more_is_refused_alike(
    batch: Batch, volunteer: User, organiser: User
) -> None:
    desk = opened(batch, volunteer)
    hidden = gold_on(desk)[0]
    plain = next(each for each in desk if each.item_id != hidden.item_id)
    without(Reason.DRAWN, batch.subject.project, organiser)
    refusals = [
        refusal_of(lambda each=each: judge(volunteer, each.item_id, REJECT, Reason.DRAWN))
        for each in (hidden, plain)
    ]
    assert refusals[0] == refusals[1]
    code, _words, context = refusals[0]
    assert (code, context) == ("reason_not_used", {"reason": "drawn", "manual": 2})


@SHARED
def test_an_answer_moves_the_end_of_the_lease_on_as_a_vote_does(
    batch: Batch, volunteer: User
) -> None:
    hidden = gold_on(opened(batch, volunteer))[0]
    soon = timezone.now() + dt.timedelta(minutes=5)
    Assignment.objects.update(leased_until=soon, granted_until=soon)
    judge(volunteer, hidden.item_id)
    assert Assignment.objects.get().leased_until > soon + dt.timedelta(minutes=50)


@SHARED
def test_what_is_purged_or_gold_no_more_leaves_the_desk(batch: Batch, volunteer: User) -> None:
    desk = opened(batch, volunteer)
    purged, gone, *_ = hidden = gold_on(desk)
    judge(volunteer, purged.item_id)
    Image.objects.filter(pk=purged.image.pk).update(purged_at=timezone.now())
    Gold.objects.filter(pk=gone.image.pk).delete()
    left = desk_items(batch, volunteer)
    assert len(left) == len(desk) - 2
    assert [each.position for each in left] == list(range(1, len(left) + 1))
    assert not {purged.item_id, gone.item_id} & {each.item_id for each in left}
    for each in (purged, gone):
        with pytest.raises(NotFound):
            judge(volunteer, each.item_id)
    assert len(gold_on(left)) == len(hidden) - 2
    assert batches_held_by(volunteer)[0].num_images == len(left)


@SHARED
def test_pictures_that_were_judged_before_take_no_part(
    batch: Batch, volunteer: User, organiser: User
) -> None:
    for item in batch.items.all():
        cast_vote(item_id=item.pk, volunteer=volunteer, verdict=KEEP, client_key=uuid4())
    assert gold_on(opened(batch, volunteer)) == [], "nothing is left to hide it among"


@SHARED
def test_ids_tell_nothing(batch: Batch, volunteer: User) -> None:
    desk = opened(batch, volunteer)
    ids = [each.item_id for each in desk]
    assert len(set(ids)) == len(ids)
    assert all(0 < each <= 2**ITEM_ID_BITS for each in ids)
    assert ids != sorted(ids)


@SHARED
def test_it_is_said_to_be_distinct_like_all_others(batch: Batch, volunteer: User) -> None:
    desk = opened(batch, volunteer)
    pair = [gold_on(desk)[0].item_id, gold_on(desk)[1].item_id]
    say_distinct(batch_id=batch.pk, items=pair, volunteer=volunteer)
    with pytest.raises(NotFound):
        say_distinct(batch_id=batch.pk, items=[pair[0], max(pair) + 1], volunteer=volunteer)
    assert near_in(batch, volunteer).pairs == []


@SHARED
def test_another_volunteer_of_the_batch_has_other_places(
    batch: Batch, volunteer: User, admin: User, make_image: MakeImage
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
