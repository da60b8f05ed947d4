"""Gold among the pictures of a batch: judged like them, counted apart, and told by nothing."""

from __future__ import annotations

import datetime as dt
from itertools import product
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from curation.batches.extend_lease import GRACE
from curation.batches.models import ITEM_ID_BITS, Assignment, Batch
from curation.consensus.selectors import decisions_on, state_counts
from curation.errors import NotFound
from curation.gold.models import Gold, GoldAnswer
from curation.gold.selectors import accuracy_of, num_hidden_answers
from curation.images.models import Image
from curation.manual.reasons import Reason
from curation.projects.models import Membership, Role, User
from curation.subjects.models import Consent, Subject
from curation.votes.desk import DeskItem, desk_items
from curation.votes.models import ImageTally, Vote, VoteEvent
from curation.votes.near import near_in
from curation.votes.progress import batches_held_by, num_votes_by, progress_of_batch
from curation.votes.say_distinct import say_distinct
from curation.votes.take_back_item import take_back_item
from tests.stories.batches import KEEP, REJECT, UNSURE
from tests.stories.hidden_gold import cut_of, gold_on, judge, opened, refusal_of, thirty_known
from tests.stories.manual import without

SHARED = pytest.mark.django_db
PAST = timezone.now() - GRACE - dt.timedelta(hours=1)
LATE = timezone.now() - dt.timedelta(hours=1)


@pytest.fixture
def batch(subject: Subject, admin: User, organiser: User, volunteer: User) -> Batch:
    """Thirty pictures; gold is left out of the cut, as its answers would be votes."""
    thirty_known(subject, by=admin)
    return cut_of(subject, range(1, 31), organiser, volunteer)


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
        (None, PAST),
        (PAST, LATE, future),
        (None, PAST),
        (None, PAST),
        (None, PAST),
        (True, False),
        "x ",
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
def test_ids_tell_nothing(batch: Batch, volunteer: User) -> None:
    desk = opened(batch, volunteer)
    ids = [each.item_id for each in desk]
    assert len(set(ids)) == len(ids)
    assert all(0 < each <= 2**ITEM_ID_BITS for each in ids)
    assert ids != sorted(ids)


@SHARED
def test_it_is_said_to_be_distinct_like_all_others(batch: Batch, volunteer: User) -> None:
    desk = opened(batch, volunteer)
    pair = (gold_on(desk)[0].item_id, gold_on(desk)[1].item_id)
    say_distinct(batch_id=batch.pk, pairs=[pair], volunteer=volunteer)
    with pytest.raises(NotFound):
        say_distinct(batch_id=batch.pk, pairs=[(pair[0], max(pair) + 1)], volunteer=volunteer)
    assert near_in(batch, volunteer).pairs == []
