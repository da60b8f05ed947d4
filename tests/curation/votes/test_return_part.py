"""Returning a part of what one holds: the rest goes to others, and nobody's desk changes."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import partial
from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curation.batches.errors import LeaseExpired, NotAssigned
from curation.batches.models import Assignment, Batch
from curation.batches.return_batch import return_batch
from curation.errors import InvalidInput, Refused
from curation.gold.models import GoldItem
from curation.images.models import Image
from curation.projects.models import ActionLog, Project, User
from curation.subjects.models import Subject
from curation.votes.models import VoteEvent
from curation.votes.part_gold import gone_of
from curation.votes.progress import batches_held_by, progress_of_batch
from curation.votes.return_part import return_part
from curation.votes.take_work import take_work
from tests.curation.votes.over_votes import over_votes
from tests.curation.votes.test_races import all_at_once
from tests.stories.batches import KEEP, REJECT, crowd, cut, expire, hand_out, items_of, vote
from tests.stories.hand_out import open_to_all
from tests.stories.hidden_gold import cut_of, gold_on, judge, opened, thirty_known


@pytest.fixture
def batch(
    subject: Subject, organiser: User, volunteer: User, make_image: Callable[..., Image]
) -> Batch:
    """Ten pictures; the volunteer has judged the first three."""
    batch = cut(subject, make_image, num=10, by=organiser)
    hand_out(batch, volunteer, by=organiser)
    for item in items_of(batch)[:3]:
        vote(volunteer, item, KEEP)
    return batch


def numbers(batch: Batch) -> list[int]:
    return [item.image.number for item in items_of(batch)]


def test_the_judged_and_the_next_stay_and_the_rest_is_a_batch_for_others(
    batch: Batch, volunteer: User, project: Project, organiser: User
) -> None:
    done = return_part(batch=batch, keep=2, actor=volunteer)
    assert (done.num_kept, done.num_returned) == (2, 5)
    rest = Batch.objects.get(number=2)
    assert (numbers(batch), numbers(rest)) == ([1, 2, 3, 4, 5], [6, 7, 8, 9, 10])
    (held,) = batches_held_by(volunteer)
    assert (held.batch, held.num_left) == (batch, 2)
    with pytest.raises(NotAssigned):
        vote(volunteer, items_of(rest)[0], KEEP)
    line = ActionLog.objects.get(action="batch.return_part")
    assert (line.actor, line.details) == (volunteer, {"batch": 2, "images": 5})
    open_to_all(batch.subject, by=organiser)
    one, two = crowd(project, 2)
    assert take_work(person=one).batch == batch, "a second vote is wanted there"
    for item in items_of(batch):
        vote(one, item, KEEP)
    assert take_work(person=one).batch == rest
    assert take_work(person=two).batch in (batch, rest)


def test_it_comes_back_to_who_returned_it_when_nothing_else_is_left(
    batch: Batch, volunteer: User, organiser: User
) -> None:
    open_to_all(batch.subject, by=organiser)
    return_part(batch=batch, keep=2, actor=volunteer)
    for item in items_of(batch):
        vote(volunteer, item, KEEP)
    again = take_work(person=volunteer)
    assert (again.batch.number, again.num_left) == (2, 5)


def test_whoever_holds_it_as_well_goes_on_with_all_of_it(
    batch: Batch, volunteer: User, organiser: User, project: Project
) -> None:
    other, taken_from, ran_out = crowd(project, 3)
    hand_out(batch, other, taken_from, ran_out, by=organiser)
    return_batch(batch=batch, actor=taken_from)
    expire(batch, ran_out)
    items = items_of(batch)
    return_part(batch=batch, keep=1, actor=volunteer)
    for item in items:
        assert vote(other, item, KEEP)
    leases = {
        each.volunteer.username: each for each in Batch.objects.get(number=2).assignments.all()
    }
    first = {each.volunteer.username: each for each in batch.assignments.all()}
    assert {name for name, each in leases.items() if each.returned_at is None} == {"v1", "v3"}
    for name, each in leases.items():
        assert each.leased_until == first[name].leased_until
        assert each.handed_at is None, "no news to anybody"
    with pytest.raises(LeaseExpired):
        vote(ran_out, items[9], KEEP)


@pytest.mark.parametrize("keep", [0, 7, 100])
def test_all_and_nothing_are_no_part(batch: Batch, volunteer: User, keep: int) -> None:
    with pytest.raises(InvalidInput, match="between 1 and 6"):
        return_part(batch=batch, keep=keep, actor=volunteer)
    for item in items_of(batch)[3:9]:
        vote(volunteer, item, KEEP)
    with pytest.raises(InvalidInput, match="as a whole"):
        return_part(batch=batch, keep=1, actor=volunteer)
    assert Batch.objects.count() == 1


def test_only_under_ones_own_live_lease(batch: Batch, volunteer: User, organiser: User) -> None:
    with pytest.raises(NotAssigned):
        return_part(batch=batch, keep=1, actor=organiser)
    expire(batch, volunteer)
    with pytest.raises(LeaseExpired):
        return_part(batch=batch, keep=1, actor=volunteer)


def test_what_others_have_judged_already_does_not_move(
    batch: Batch, volunteer: User, organiser: User, project: Project
) -> None:
    one, two = crowd(project, 2)
    hand_out(batch, one, two, by=organiser)
    for person in (one, two):
        vote(person, items_of(batch)[8], KEEP)
    done = return_part(batch=batch, keep=2, actor=volunteer)
    assert (done.num_returned, numbers(batch)) == (4, [1, 2, 3, 4, 5, 9])


def test_gold_counts_stays_and_goes_like_all_others_and_no_desk_is_changed(
    subject: Subject, admin: User, organiser: User, volunteer: User, project: Project
) -> None:
    thirty_known(subject, by=admin)
    [other] = crowd(project, 1)
    batch = cut_of(subject, range(1, 31), organiser, volunteer, other)
    mine = [each.item_id for each in opened(batch, volunteer)]
    theirs = [each.item_id for each in opened(batch, other)]
    for item_id in mine[:4]:
        judge(volunteer, item_id)
    gold = {each.item_id for each in gold_on(opened(batch, volunteer))}
    # The cut lies behind as many pieces of gold as there are among what is kept.
    assert gold & set(mine[4:14])
    assert gold & set(mine[14:])
    done = return_part(batch=batch, keep=10, actor=volunteer)
    assert done.num_returned == len(mine) - 14
    rest = Batch.objects.get(number=2)
    assert [each.item_id for each in opened(batch, volunteer)] == mine[:14]
    assert batches_held_by(volunteer)[0].num_left == 10
    for item_id in mine[14:]:
        with pytest.raises(NotAssigned):
            judge(volunteer, item_id)
    # The other holder has it all, in the same order on either side of the cut.
    two_desks = [[each.item_id for each in opened(each, other)] for each in (batch, rest)]
    assert sorted(chain.from_iterable(two_desks)) == sorted(theirs)
    for desk in two_desks:
        assert desk == [each for each in theirs if each in desk]
        assert desk, "both have pictures"
    for item_id in theirs:
        assert judge(other, item_id)
    assert GoldItem.objects.filter(person=volunteer, pk__in=gold, lease__batch=batch).count() == (
        len(gold & set(mine[:14]))
    )


@given(st.lists(st.sampled_from("pPg"), max_size=12))
def test_gold_goes_with_the_next_picture(row: list[str]) -> None:
    """P is a picture that moves, p one that stays, g gold."""
    moved = {place for place, kind in enumerate(row) if kind == "P"}
    gold = {place for place, kind in enumerate(row) if kind == "g"}
    gone = gone_of(range(len(row)), moved, gold)
    for place in gold:
        behind = [kind for kind in row[place:] if kind != "g"]
        assert (place in gone) == (behind[:1] == ["P"])
    assert gone - gold == moved


@pytest.mark.django_db(transaction=True)
def test_while_others_judge_take_and_return_no_picture_gets_a_vote_too_many(
    subject: Subject, organiser: User, project: Project, make_image: Callable[..., Image]
) -> None:
    people = crowd(project, 4)
    batch = cut(subject, make_image, num=12, by=organiser)
    open_to_all(subject, by=organiser)
    hand_out(batch, *people[:2], by=organiser)
    num_images = batch.items.count()

    def work(person: User, seed: int) -> None:
        dice = random.Random(seed)
        for _ in range(6):
            for held in batches_held_by(person):
                for item in dice.sample(items_of(held.batch), min(3, held.num_images)):
                    try:
                        vote(person, item, dice.choice((KEEP, REJECT)))
                    except Refused:
                        continue
                try:
                    return_part(batch=held.batch, keep=dice.randint(1, 3), actor=person)
                except Refused:
                    continue
            try:
                take_work(person=person)
            except Refused:
                continue

    all_at_once([partial(work, person, seed) for seed, person in enumerate(people)])
    history = VoteEvent.objects.order_by("pk").values_list("image", "volunteer", "verdict")
    assert over_votes(history) == 0
    parts = [progress_of_batch(each).num_images for each in Batch.objects.all()]
    assert sum(parts) == num_images
    assert all(parts), "no batch is empty"
    assert Assignment.objects.values("batch", "volunteer").distinct().count() == (
        Assignment.objects.count()
    )
