"""“Give me fifty”: work that nobody has to be asked for."""

from __future__ import annotations

import datetime as dt
import random
import threading
from collections import Counter
from collections.abc import Callable
from functools import partial

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from curation.batches.close_batch import close_batch
from curation.batches.cut_batches import cut_batches
from curation.batches.models import Assignment, Batch, BatchItem, HandOut
from curation.batches.return_batch import return_batch
from curation.batches.revoke_batch import revoke_batch
from curation.errors import NotAllowed, NotFound
from curation.images.models import Image
from curation.projects.models import ActionLog, Membership, Project, User
from curation.subjects.gate import ConsentMissing
from curation.subjects.models import Subject
from curation.votes.errors import NothingToTake
from curation.votes.models import Vote
from curation.votes.progress import HeldBatch
from curation.votes.standing import standing_of
from curation.votes.take_work import take_work
from curation.votes.work import work_for
from tests.conftest import make_consent
from tests.curation.votes.test_races import all_at_once
from tests.stories.batches import (
    KEEP,
    REJECT,
    crowd,
    cut,
    expire,
    hand_out,
    image_row,
    items_of,
    vote,
)
from tests.stories.hand_out import no_longer_open, open_to_all


@pytest.fixture
def opened(subject: Subject, organiser: User) -> Subject:
    """Ada with 120 pictures that anybody may take, none of them in a batch."""
    for number in range(1, 121):
        image_row(subject, number)
    return open_to_all(subject, by=organiser)


def judge(person: User, held: HeldBatch, *, num: int = 1000) -> None:
    """Their vote on the first `num` pictures of the batch: all are kept."""
    for item in items_of(held.batch)[:num]:
        vote(person, item, KEEP)


def numbers(held: HeldBatch) -> list[int]:
    return [item.image.number for item in items_of(held.batch)]


def test_who_asks_gets_the_first_fifty_for_three_days(opened: Subject, volunteer: User) -> None:
    taken = take_work(person=volunteer)
    assert numbers(taken) == list(range(1, 51))
    assert taken.num_left == 50
    assert abs(taken.leased_until - timezone.now() - dt.timedelta(days=3)) < dt.timedelta(minutes=1)
    assert ActionLog.objects.get(action="batch.take").actor == volunteer
    cut = ActionLog.objects.get(action="batch.cut")
    assert (cut.actor, cut.details) == (volunteer, {"batches": [1], "images": 50})


def test_who_asks_while_holding_unfinished_pictures_goes_on_with_them(
    opened: Subject, volunteer: User
) -> None:
    taken = take_work(person=volunteer)
    judge(volunteer, taken, num=10)
    again = take_work(person=volunteer)
    assert (again.batch, again.num_left) == (taken.batch, 40)
    assert Batch.objects.count() == 1


def test_what_an_organiser_handed_out_comes_before_what_is_open(
    opened: Subject, volunteer: User, organiser: User
) -> None:
    image_row(opened, 121)
    first = take_work(person=organiser).batch
    hand_out(first, volunteer, by=organiser)
    assert take_work(person=volunteer).batch == first
    assert Batch.objects.count() == 1


def test_an_evening_never_shows_a_picture_twice_and_returns_what_is_finished(
    opened: Subject, volunteer: User
) -> None:
    seen: list[int] = []
    for _ in range(3):
        taken = take_work(person=volunteer)
        seen += numbers(taken)
        judge(volunteer, taken)
    assert seen == list(range(1, 121))
    with pytest.raises(NothingToTake) as refusal:
        take_work(person=volunteer)
    assert refusal.value.context == {"why": "all_judged"}
    # The last one is theirs to look through again until they return it.
    assert Assignment.objects.filter(returned_at=None).count() == 1


def test_a_second_person_judges_what_the_first_did_before_new_pictures_are_cut(
    opened: Subject, volunteer: User, organiser: User
) -> None:
    first = take_work(person=volunteer)
    second = take_work(person=organiser)
    assert second.batch == first.batch


def test_a_batch_that_two_hold_goes_to_no_third(opened: Subject, project: Project) -> None:
    one, two, three = crowd(project, 3)
    shared = {take_work(person=one).batch, take_work(person=two).batch}
    assert len(shared) == 1
    assert take_work(person=three).batch not in shared


def test_a_third_is_asked_only_for_what_two_could_not_decide(
    opened: Subject, project: Project, organiser: User
) -> None:
    Image.objects.filter(number__gt=3).delete()
    one, two, three = crowd(project, 3)
    taken = take_work(person=one)
    take_work(person=two)
    items = items_of(taken.batch)
    for item in items:
        vote(one, item, KEEP)
    vote(two, items[0], REJECT)
    vote(two, items[1], KEEP)
    # The second still has one to judge, and the third's vote would be one too many there.
    with pytest.raises(NothingToTake) as refusal:
        take_work(person=three)
    assert refusal.value.context == {"why": "others_hold_it"}
    vote(two, items[2], KEEP)
    third = take_work(person=three)
    assert (third.batch, third.num_left) == (taken.batch, 1)


@pytest.mark.parametrize("ending", ["returned", "expired", "no member", "taken back"])
def test_the_rest_of_what_somebody_let_go_is_for_others_and_their_votes_stay(
    opened: Subject, project: Project, organiser: User, ending: str
) -> None:
    Image.objects.filter(number__gt=50).delete()
    one, two, three = crowd(project, 3)
    taken = take_work(person=one)
    judge(one, taken, num=20)
    take_work(person=two)
    with pytest.raises(NothingToTake):
        take_work(person=three)
    match ending:
        case "returned":
            return_batch(batch=taken.batch, actor=one)
        case "expired":
            expire(taken.batch, one)
        case "no member":
            Membership.objects.filter(user=one).delete()
        case "taken back":
            revoke_batch(batch=taken.batch, volunteer=one, actor=organiser)
    # 30 pictures now lack two votes and the second person gives one, but of the first 20 that
    # person's vote is all that is wanted: a third has to wait until those are in.
    with pytest.raises(NothingToTake):
        take_work(person=three)
    judge(two, taken, num=20)
    third = take_work(person=three)
    assert (third.batch, third.num_left) == (taken.batch, 30)
    assert Vote.objects.filter(volunteer=one).count() == 20


def test_what_one_gave_back_unfinished_comes_again_only_when_nothing_else_is_left(
    opened: Subject, volunteer: User
) -> None:
    Image.objects.filter(number__gt=60).delete()
    first = take_work(person=volunteer)
    judge(volunteer, first, num=20)
    return_batch(batch=first.batch, actor=volunteer)
    second = take_work(person=volunteer)
    assert numbers(second) == list(range(51, 61))
    judge(volunteer, second)
    again = take_work(person=volunteer)
    assert (again.batch, again.num_left) == (first.batch, 30)


def test_what_an_organiser_took_back_does_not_come_again(
    opened: Subject, volunteer: User, organiser: User
) -> None:
    Image.objects.filter(number__gt=50).delete()
    taken = take_work(person=volunteer)
    revoke_batch(batch=taken.batch, volunteer=volunteer, actor=organiser)
    with pytest.raises(NothingToTake):
        take_work(person=volunteer)
    hand_out(taken.batch, volunteer, by=organiser)
    assert take_work(person=volunteer).batch == taken.batch


def test_nothing_comes_from_what_is_closed_hidden_or_not_opened(
    opened: Subject, volunteer: User, organiser: User, admin: User
) -> None:
    close_batch(batch=take_work(person=organiser).batch, actor=organiser)
    assert numbers(take_work(person=volunteer))[0] == 51
    return_batch(batch=Batch.objects.get(number=2), actor=volunteer)
    opened.consents.update(withdrawn_at=timezone.now(), withdrawn_by=admin)
    for refused in (True, False):
        with pytest.raises(NothingToTake) as refusal:
            take_work(person=volunteer)
        assert refusal.value.context == {"why": "nothing_open"}
        if refused:
            make_consent(opened, admin)
            no_longer_open(opened, by=organiser)


def test_strangers_get_nothing_and_learn_nothing(
    opened: Subject, stranger: User, newcomer: User
) -> None:
    for person in (stranger, newcomer):
        with pytest.raises(NothingToTake) as refusal:
            take_work(person=person)
        assert refusal.value.context == {"why": "nothing_open"}


def test_only_organisers_open_and_close_and_only_with_consent(
    subject: Subject, organiser: User, volunteer: User, stranger: User
) -> None:
    for act in (open_to_all, no_longer_open):
        with pytest.raises(NotAllowed):
            act(subject, by=volunteer)
        with pytest.raises(NotFound):
            act(subject, by=stranger)
    open_to_all(subject, by=organiser)
    since = HandOut.objects.get().opened_at
    open_to_all(subject, by=organiser)
    assert HandOut.objects.get().opened_at == since
    no_longer_open(subject, by=organiser)
    no_longer_open(subject, by=organiser)
    acts = ActionLog.objects.order_by("pk").values_list("action", flat=True)
    assert list(acts) == ["subject.open", "subject.close"]
    subject.consents.all().delete()
    with pytest.raises(ConsentMissing):
        open_to_all(subject, by=organiser)


def test_the_person_one_is_judging_comes_first(
    project: Project, opened: Subject, organiser: User, admin: User, volunteer: User
) -> None:
    bob = Subject.objects.create(project=project, slug="bob", name="Bob")
    make_consent(bob, admin)
    for number in range(1, 61):
        image_row(bob, number)
    open_to_all(bob, by=organiser)
    of_bob = cut_ten(bob, organiser)
    hand_out(of_bob, volunteer, by=organiser)
    taken = take_work(person=volunteer, beside=of_bob.pk)
    judge(volunteer, taken)
    assert take_work(person=volunteer, beside=of_bob.pk).batch.subject == bob
    assert take_work(person=organiser).batch.subject == opened


def test_at_the_end_of_a_desk_a_new_batch_of_that_person_comes_before_a_begun_one_of_another(
    project: Project,
    subject: Subject,
    organiser: User,
    admin: User,
    volunteer: User,
    make_image: Callable[..., Image],
) -> None:
    bob = Subject.objects.create(project=project, slug="bob", name="Bob")
    make_consent(bob, admin)
    done, untouched, begun_of_bob = (cut(bob, make_image, num=2, by=organiser) for _ in range(3))
    of_ada = cut(subject, make_image, num=2, by=organiser)
    hand_out(of_ada, volunteer, by=organiser)
    vote(volunteer, items_of(of_ada)[0], KEEP)
    for batch in (done, untouched, begun_of_bob):
        hand_out(batch, volunteer, by=organiser)
    for item in items_of(done):
        vote(volunteer, item, KEEP)

    def following() -> Batch | None:
        held = standing_of(volunteer, done).following
        return held and held.batch

    assert following() == untouched
    vote(volunteer, items_of(begun_of_bob)[0], KEEP)
    assert following() == begun_of_bob
    assert take_work(person=volunteer, beside=done.pk).batch == begun_of_bob
    assert take_work(person=volunteer).batch == of_ada


def cut_ten(subject: Subject, organiser: User) -> Batch:
    first = Image.objects.filter(subject=subject, number__lte=10)
    [batch] = cut_batches(subject=subject, size=10, actor=organiser, chosen=first)
    return batch


@pytest.mark.parametrize("num_subjects", [1, 8])
def test_whether_there_is_work_costs_the_same_for_one_subject_and_for_eight(
    project: Project,
    organiser: User,
    admin: User,
    volunteer: User,
    make_image: Callable[..., Image],
    num_subjects: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for name in range(num_subjects):
        one = Subject.objects.create(project=project, slug=f"s{name}", name=f"S{name}")
        make_consent(one, admin)
        hand_out(cut(one, make_image, num=2, by=organiser), organiser, admin, by=organiser)
        open_to_all(one, by=organiser)
    with django_assert_num_queries(4):
        assert work_for(volunteer) == "others_hold_it"


@pytest.mark.django_db(transaction=True)
def test_ten_who_ask_at_once_get_each_batch_as_often_as_votes_are_wanted(
    opened: Subject, project: Project
) -> None:
    people = crowd(project, 10)
    answers = all_at_once([partial(take_work, person=person) for person in people])
    # 120 pictures are 3 batches, and each wants two votes a picture.
    assert Counter(type(answer) for answer in answers) == {HeldBatch: 6, NothingToTake: 4}
    held = Counter(answer.batch.number for answer in answers if isinstance(answer, HeldBatch))
    assert held == {1: 2, 2: 2, 3: 2}
    assert BatchItem.objects.count() == 120


@pytest.mark.django_db(transaction=True)
def test_one_who_asks_in_eight_tabs_at_once_gets_one_batch(
    opened: Subject, volunteer: User
) -> None:
    answers = all_at_once([partial(take_work, person=volunteer)] * 8)
    assert {answer.batch.number for answer in answers} == {1}
    assert Assignment.objects.count() == Batch.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_however_people_take_judge_and_give_back_no_picture_has_more_holders_than_it_wants(
    opened: Subject, project: Project
) -> None:
    people = crowd(project, 6)
    watching = threading.Lock()

    def work(person: User, seed: int) -> None:
        dice = random.Random(seed)
        for _ in range(4):
            try:
                taken = take_work(person=person)
            except NothingToTake:
                continue
            left = Vote.objects.filter(volunteer=person, image__batch_item__batch=taken.batch)
            judged = set(left.values_list("image", flat=True))
            for item in items_of(taken.batch)[: dice.randint(1, 20)]:
                if item.image_id not in judged:
                    vote(person, item, KEEP)
            if dice.random() < 0.5:
                return_batch(batch=taken.batch, actor=person)
            with watching:
                assert most_expected() <= 2

    all_at_once([partial(work, person, seed) for seed, person in enumerate(people)])
    assert not Vote.objects.values("image", "volunteer").count() > 2 * 120


def most_expected() -> int:
    """The most votes that any picture has or may get of those who hold its batch."""
    votes: dict[int, set[int]] = {}
    for image, person in Vote.objects.values_list("image", "volunteer"):
        votes.setdefault(image, set()).add(person)
    holders: dict[int, set[int]] = {}
    now = timezone.now()
    live = Assignment.objects.filter(returned_at=None, leased_until__gt=now)
    for batch, person in live.values_list("batch", "volunteer"):
        holders.setdefault(batch, set()).add(person)
    return max(
        len(votes.get(image, set()) | holders.get(batch, set()))
        if len(votes.get(image, set())) < 2
        else 2
        for image, batch in BatchItem.objects.values_list("image", "batch")
    )


@pytest.mark.skipif(connection.vendor != "sqlite", reason="counts the steps of SQLite")
def test_what_is_judged_already_costs_whoever_asks_next_to_nothing(
    opened: Subject, project: Project
) -> None:
    one, two, three = crowd(project, 3)
    for person in (one, two):
        while work_for(person) == "some":
            judge(person, take_work(person=person))
    num_steps = 0

    def count() -> int:
        nonlocal num_steps
        num_steps += 10
        return 0

    connection.connection.set_progress_handler(count, 10)
    try:
        assert work_for(three) == "all_judged"
    finally:
        connection.connection.set_progress_handler(None, 0)
    # To ask each of them for its votes and leases took 169 a picture.
    assert num_steps / 120 < 50
