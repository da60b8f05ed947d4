"""Votes that come after the end of their lease: taken where nobody else is at the picture."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable
from functools import partial
from uuid import uuid4

import pytest
from django.utils import timezone

from curation.batches.assign_batch import assign_batch
from curation.batches.close_batch import close_batch
from curation.batches.errors import BatchClosed, LeaseExpired, NotAssigned
from curation.batches.models import Assignment, Batch
from curation.batches.return_batch import return_batch
from curation.batches.revoke_batch import revoke_batch
from curation.errors import Refused
from curation.gold.models import GoldAnswer
from curation.images.models import Image
from curation.projects.models import Project, User
from curation.subjects.gate import ConsentMissing
from curation.subjects.models import Subject
from curation.votes.errors import EnoughVotes
from curation.votes.models import Vote, VoteEvent
from curation.votes.take_back_vote import take_back_vote
from curation.votes.take_work import take_work
from tests.curation.votes.over_votes import over_votes
from tests.curation.votes.test_races import all_at_once
from tests.stories.batches import KEEP, REJECT, UNSURE, crowd, cut, expire, hand_out, items_of, vote
from tests.stories.hand_out import open_to_all
from tests.stories.hidden_gold import cut_of, gold_on, judge, opened, thirty_known

AN_HOUR = dt.timedelta(hours=1)


@pytest.fixture
def people(project: Project) -> list[User]:
    return crowd(project, 4)


@pytest.fixture
def batch(
    subject: Subject, organiser: User, people: list[User], make_image: Callable[..., Image]
) -> Batch:
    """Six pictures; the first person's time ran out an hour ago."""
    batch = cut(subject, make_image, num=6, by=organiser)
    hand_out(batch, people[0], by=organiser)
    expire(batch, people[0], ago=AN_HOUR)
    return batch


def test_a_late_vote_counts_and_revives_nothing(batch: Batch, people: list[User]) -> None:
    ended = Assignment.objects.get().leased_until
    assert vote(people[0], items_of(batch)[0], KEEP)
    assert Assignment.objects.get().leased_until == ended


def test_a_day_later_it_is_refused(batch: Batch, people: list[User]) -> None:
    expire(batch, people[0])
    with pytest.raises(LeaseExpired):
        vote(people[0], items_of(batch)[0], KEEP)


def test_what_was_said_late_can_be_changed_and_taken_back(batch: Batch, people: list[User]) -> None:
    item = items_of(batch)[0]
    vote(people[0], item, KEEP)
    changed = vote(people[0], item, REJECT)
    assert changed
    assert changed.verdict == REJECT
    take_back_vote(item_id=item.pk, volunteer=people[0], client_key=uuid4())
    assert not Vote.objects.exists()


def test_others_who_hold_the_picture_come_first(
    batch: Batch, people: list[User], organiser: User
) -> None:
    late, second, third, _ = people
    first, other, *_ = items_of(batch)
    hand_out(batch, second, by=organiser)
    assert vote(late, first, KEEP), "two votes are wanted, and one other holds it"
    hand_out(batch, third, by=organiser)
    with pytest.raises(LeaseExpired):
        vote(late, other, KEEP)
    return_batch(batch=batch, actor=third)
    assert vote(late, other, KEEP)


def test_who_holds_it_and_has_voted_is_in_nobodys_way(
    batch: Batch, people: list[User], organiser: User
) -> None:
    late, second, third, _ = people
    item = items_of(batch)[0]
    hand_out(batch, second, third, by=organiser)
    vote(second, item, KEEP)
    with pytest.raises(LeaseExpired):
        vote(late, item, KEEP)
    vote(third, item, REJECT)
    assert vote(late, item, KEEP), "a third is asked, and nobody else is there to give it"


@pytest.mark.parametrize(
    ("ending", "refusal"),
    [
        ("returned", NotAssigned),
        ("taken back", NotAssigned),
        ("closed", BatchClosed),
        ("withdrawn", ConsentMissing),
    ],
)
def test_not_after_it_was_returned_taken_back_closed_or_consent_withdrawn(
    batch: Batch, people: list[User], organiser: User, ending: str, refusal: type[Refused]
) -> None:
    match ending:
        case "returned":
            return_batch(batch=batch, actor=people[0])
        case "taken back":
            revoke_batch(batch=batch, volunteer=people[0], actor=organiser)
        case "closed":
            close_batch(batch=batch, actor=organiser)
        case "withdrawn":
            batch.subject.consents.update(withdrawn_at=timezone.now(), withdrawn_by=organiser)
    with pytest.raises(refusal):
        vote(people[0], items_of(batch)[0], KEEP)


def test_late_answers_to_gold_are_taken_and_refused_as_votes_are(
    subject: Subject, admin: User, organiser: User, volunteer: User, people: list[User]
) -> None:
    thirty_known(subject, by=admin)
    batch = cut_of(subject, range(1, 31), organiser, volunteer)
    desk = opened(batch, volunteer)
    one, two, three, *_ = gold_on(desk)
    plain = next(each for each in desk if each.item_id not in {g.item_id for g in gold_on(desk)})
    expire(batch, volunteer, ago=AN_HOUR)
    ended = Assignment.objects.get(volunteer=volunteer).leased_until
    assert judge(volunteer, one.item_id)
    hand_out(batch, people[0], by=organiser)
    assert judge(volunteer, two.item_id)
    hand_out(batch, people[1], by=organiser)
    for each in (three, plain):
        with pytest.raises(LeaseExpired):
            judge(volunteer, each.item_id)
    assert judge(volunteer, one.item_id, UNSURE), "what was said can be changed"
    assert GoldAnswer.objects.count() == 2
    assert Assignment.objects.get(volunteer=volunteer).leased_until == ended


@pytest.mark.django_db(transaction=True)
def test_late_and_timely_at_once_never_make_one_vote_too_many(
    batch: Batch, people: list[User], organiser: User
) -> None:
    """One is late, one holds the batch, and it is handed to two more meanwhile."""
    late, holder, *new = people
    hand_out(batch, holder, by=organiser)
    items = items_of(batch)

    def judge_all(person: User, seed: int) -> None:
        dice = random.Random(seed)
        for item in dice.sample(items, len(items)):
            try:
                vote(person, item, dice.choice((KEEP, REJECT)))
            except (EnoughVotes, LeaseExpired, NotAssigned):
                continue

    def arrive(person: User, seed: int) -> None:
        assign_batch(batch=batch, volunteer=person, actor=organiser)
        judge_all(person, seed)

    acts = [partial(judge_all, late, 1), partial(judge_all, holder, 2)]
    all_at_once([*acts, *(partial(arrive, person, n) for n, person in enumerate(new, start=3))])
    history = VoteEvent.objects.order_by("pk").values_list("image", "volunteer", "verdict")
    assert over_votes(history) == 0


@pytest.mark.django_db(transaction=True)
def test_who_takes_it_while_late_votes_come_is_left_all_that_was_promised(
    batch: Batch, people: list[User], organiser: User
) -> None:
    """Whoever holds a picture when a late vote comes can still give theirs afterwards."""
    late, *takers = people
    open_to_all(batch.subject, by=organiser)

    def judge_late() -> None:
        for item in items_of(batch):
            try:
                vote(late, item, KEEP)
            except LeaseExpired:
                continue

    all_at_once([judge_late, *(partial(take_work, person=person) for person in takers[:2])])
    for item in items_of(batch):
        for person in takers[:2]:
            if Assignment.objects.filter(batch=batch, volunteer=person).exists():
                assert vote(person, item, KEEP)
