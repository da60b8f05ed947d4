"""Work that hands itself out as an organiser said: for whom, how much, how long, in which order."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from curation.batches.models import BatchItem, HandOut, Order
from curation.batches.return_batch import return_batch
from curation.batches.selectors import hand_out_of
from curation.batches.set_hand_out import HandOutSettings, set_hand_out, settings_of
from curation.errors import InvalidInput
from curation.images.models import Image
from curation.projects.models import ActionLog, Project, User
from curation.subjects.models import LookAlike, Subject
from curation.votes.errors import NothingToTake
from curation.votes.practised_eyes import subjects_to_take
from curation.votes.progress import HeldBatch
from curation.votes.take_work import take_work
from tests.conftest import make_consent
from tests.stories.batches import KEEP, REJECT, crowd, expire, image_row, items_of, vote
from tests.stories.hand_out import open_to_all


@pytest.fixture
def ada(subject: Subject) -> Subject:
    for number in range(1, 31):
        image_row(subject, number)
    return subject


def judge(person: User, held: HeldBatch) -> None:
    for item in items_of(held.batch):
        vote(person, item, KEEP)


def why_not(person: User) -> str:
    with pytest.raises(NothingToTake) as refusal:
        take_work(person=person)
    return str(refusal.value.context["why"])


def test_as_many_as_was_said_for_as_long_as_was_said(
    ada: Subject, organiser: User, volunteer: User
) -> None:
    open_to_all(ada, by=organiser, size=7, days=10)
    taken = take_work(person=volunteer)
    assert taken.num_images == 7
    in_ten_days = timezone.now() + dt.timedelta(days=10)
    assert abs(taken.leased_until - in_ten_days) < dt.timedelta(minutes=1)


def test_for_those_named_alone(ada: Subject, organiser: User, project: Project) -> None:
    one, other = crowd(project, 2)
    open_to_all(ada, by=organiser, for_everybody=False, people=frozenset({one.pk}))
    assert take_work(person=one).batch.subject == ada
    assert why_not(other) == "nothing_open"


def test_those_named_get_it_before_what_is_for_everybody(
    ada: Subject, organiser: User, admin: User, project: Project
) -> None:
    one, other = crowd(project, 2)
    open_to_all(ada, by=organiser)
    bob = Subject.objects.create(project=project, slug="bob", name="Bob")
    make_consent(bob, admin)
    image_row(bob, 1)
    open_to_all(bob, by=organiser, people=frozenset({other.pk}))
    assert take_work(person=one).batch.subject == ada, "it was opened first"
    assert take_work(person=other).batch.subject == bob


def test_who_is_named_needs_no_practised_eye(
    ada: Subject, organiser: User, volunteer: User
) -> None:
    LookAlike.objects.create(subject=ada, name="Eda", how_to_tell="By the ears.")
    open_to_all(ada, by=organiser, people=frozenset({volunteer.pk}))
    assert subjects_to_take(volunteer) == [ada]


def test_with_an_overlap_of_one_the_second_vote_is_sought_when_the_first_is_in(
    ada: Subject, organiser: User, project: Project
) -> None:
    one, two, three = crowd(project, 3)
    open_to_all(ada, by=organiser, size=15, overlap=1)
    first, second = take_work(person=one), take_work(person=two)
    assert first.batch != second.batch
    assert why_not(three) == "others_hold_it"
    judge(one, first)
    assert take_work(person=three).batch == first.batch


def test_a_third_opinion_comes_into_the_queue_by_itself(
    ada: Subject, organiser: User, project: Project
) -> None:
    one, two, three = crowd(project, 3)
    open_to_all(ada, by=organiser, size=30)
    held = take_work(person=one)
    take_work(person=two)
    judge(one, held)
    items = items_of(held.batch)
    for item in items:
        vote(two, item, REJECT if item == items[3] else KEEP)
    asked = take_work(person=three)
    assert (asked.batch, asked.num_left) == (held.batch, 1)


def test_what_ends_goes_back_by_itself(ada: Subject, organiser: User, project: Project) -> None:
    one, two, three = crowd(project, 3)
    open_to_all(ada, by=organiser, size=30)
    held = take_work(person=one)
    take_work(person=two)
    assert why_not(three) == "others_hold_it"
    expire(held.batch, one, ago=dt.timedelta(minutes=1))
    assert take_work(person=three).batch == held.batch


def test_nobody_judges_more_of_one_person_than_was_said(
    ada: Subject, organiser: User, project: Project
) -> None:
    one, other = crowd(project, 2)
    open_to_all(ada, by=organiser, size=10, most_each=20)
    for _ in range(2):
        judge(one, take_work(person=one))
    assert why_not(one) == "had_enough"
    assert take_work(person=other)
    open_to_all(ada, by=organiser, most_each=None)
    assert take_work(person=one)


def test_it_comes_mixed_where_that_was_said(ada: Subject, organiser: User, volunteer: User) -> None:
    open_to_all(ada, by=organiser, size=15, order=Order.MIXED)
    seen = []
    for _ in range(2):
        held = take_work(person=volunteer)
        seen += list(
            BatchItem.objects.filter(batch=held.batch)
            .order_by("position")
            .values_list("image__number", flat=True)
        )
        judge(volunteer, held)
    assert sorted(seen) == list(range(1, 31))
    assert seen != sorted(seen)
    assert why_not(volunteer) == "all_judged"


@pytest.mark.parametrize(
    ("settings", "cure"),
    [
        (HandOutSettings(size=0), "between 1 and 1000"),
        (HandOutSettings(days=91), "between 1 and 90"),
        (HandOutSettings(overlap=6), "Between 1 and 5"),
        (HandOutSettings(most_each=0), "leave it blank"),
        (HandOutSettings(for_everybody=False), "name at least one"),
        (HandOutSettings(people=frozenset({987_654})), "Only members"),
    ],
)
def test_what_makes_no_sense_is_refused_with_the_cure(
    ada: Subject, organiser: User, settings: HandOutSettings, cure: str
) -> None:
    with pytest.raises(InvalidInput, match=cure):
        set_hand_out(subject=ada, settings=settings, is_open=True, actor=organiser)
    assert not HandOut.objects.exists()


def test_each_change_is_in_the_log_and_none_is_none(
    ada: Subject, organiser: User, volunteer: User
) -> None:
    settings = HandOutSettings(size=20, people=frozenset({volunteer.pk}))
    for is_open in (False, True, True, False):
        set_hand_out(subject=ada, settings=settings, is_open=is_open, actor=organiser)
    lines = ActionLog.objects.order_by("pk")
    acts = [line.action for line in lines]
    assert acts == ["subject.hand_out", "subject.open", "subject.close"]
    assert (lines[0].details["size"], lines[0].details["people"]) == (20, [volunteer.username])
    assert settings_of(hand_out_of(ada)) == settings


def test_what_was_taken_before_stays_as_it_was(
    ada: Subject, organiser: User, project: Project
) -> None:
    one, two = crowd(project, 2)
    open_to_all(ada, by=organiser, size=20)
    before = take_work(person=one)
    open_to_all(ada, by=organiser, size=5, for_everybody=False, people=frozenset({two.pk}))
    assert take_work(person=one).batch == before.batch, "they hold it still"
    return_batch(batch=before.batch, actor=one)
    assert why_not(one) == "nothing_open"
    assert Image.objects.filter(batch_item__batch=before.batch).count() == 20
