"""Whom somebody is easily taken for waits for an eye that is sure, and nobody waits for work."""

from __future__ import annotations

import datetime as dt
from uuid import uuid4

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from curation.batches.cut_batches import cut_batches
from curation.batches.models import Assignment
from curation.gold.answer_gold import answer_gold
from curation.gold.models import Gold, GoldAnswerEvent, GoldItem, Kind
from curation.images.models import Image
from curation.manual.reasons import Reason
from curation.projects.models import Membership, Project, Role, User
from curation.subjects.models import LookAlike, Subject
from curation.votes.desk import desk_items
from curation.votes.errors import NothingToTake
from curation.votes.judge_item import judge_item
from curation.votes.models import Vote
from curation.votes.own_gold import grid_level_of
from curation.votes.plan_gold import plan_gold
from curation.votes.plan_practice import plan_practice
from curation.votes.practised_eyes import subjects_to_take
from curation.votes.progress import HeldBatch
from curation.votes.take_work import take_work
from curation.votes.work import work_for
from tests.conftest import make_consent
from tests.stories.batches import KEEP, REJECT, crowd, hand_out, image_row
from tests.stories.gold import gold
from tests.stories.hand_out import open_to_all


@pytest.fixture
def ada(subject: Subject, organiser: User) -> Subject:
    """Ada, whom people take for Eve, with twenty pictures that anybody may take."""
    LookAlike.objects.create(subject=subject, name="Eve", how_to_tell="a longer face")
    return opened(subject, organiser, num=20)


@pytest.fixture
def bea(project: Project, admin: User, organiser: User) -> Subject:
    """Bea, whom nobody is taken for, with eighty, opened later than Ada."""
    bea = Subject.objects.create(project=project, slug="bea", name="Bea")
    make_consent(bea, admin)
    return opened(bea, organiser, num=80)


def opened(subject: Subject, organiser: User, *, num: int) -> Subject:
    for number in range(1, num + 1):
        image_row(subject, number)
    return open_to_all(subject, by=organiser)


def with_gold(subject: Subject, *, num: int) -> None:
    for number in range(900, 900 + num):
        gold(image_row(subject, number), KEEP)


def judge_desk(person: User, held: HeldBatch, *, knows_gold: bool = True) -> int:
    """They practise, open the desk and judge all on it; how much gold they were given."""
    lease = Assignment.objects.get(batch=held.batch, volunteer=person)
    plan_practice(batch=held.batch, lease=lease, person=person)
    plan_gold(batch=held.batch, lease=lease, person=person)
    given = GoldItem.objects.filter(lease=lease)
    verdict, reasons = (KEEP, ()) if knows_gold else (REJECT, (Reason.BLURRY,))
    for item in given.filter(kind=Kind.PRACTICE):
        answer_gold(
            item_id=item.pk,
            person=person,
            kind=Kind.PRACTICE,
            verdict=verdict,
            reasons=reasons,
            client_key=uuid4(),
        )
    hidden = set(given.filter(kind=Kind.HIDDEN).values_list("pk", flat=True))
    for item in desk_items(held.batch, person):
        is_meant = item.item_id in hidden
        judge_item(
            item_id=item.item_id,
            volunteer=person,
            verdict=verdict if is_meant else KEEP,
            reasons=reasons if is_meant else (),
            client_key=uuid4(),
        )
    return given.count()


def a_day_passes() -> None:
    GoldAnswerEvent.objects.update(at=timezone.now() - dt.timedelta(days=2))


def gets(person: User) -> list[str]:
    return [each.name for each in subjects_to_take(person)]


def test_the_only_person_of_a_project_is_judged_by_newcomers_and_teaches_them(
    ada: Subject, volunteer: User
) -> None:
    """There is nobody else on whom they could learn: Ada's gold is hidden among Ada's pictures."""
    with_gold(ada, num=30)
    assert work_for(volunteer) == "some"
    held = take_work(person=volunteer)
    assert held.batch.subject == ada
    assert judge_desk(volunteer, held) >= 8


@pytest.mark.parametrize("num", [0, 1, 19])
def test_gold_that_can_never_be_enough_keeps_nobody_from_anything(
    ada: Subject, bea: Subject, volunteer: User, num: int
) -> None:
    with_gold(bea, num=num)
    assert gets(volunteer) == ["Ada", "Bea"]
    assert grid_level_of(volunteer, bea.project).is_open
    assert take_work(person=volunteer).batch.subject == ada


def test_gold_of_whom_they_get_no_work_on_is_not_counted(
    ada: Subject, bea: Subject, volunteer: User
) -> None:
    with_gold(ada, num=30)
    with_gold(bea, num=10)
    assert gets(volunteer) == ["Ada", "Bea"]


def test_who_can_learn_on_others_does_so_first_and_then_gets_all(
    ada: Subject, bea: Subject, volunteer: User
) -> None:
    with_gold(bea, num=40)
    assert gets(volunteer) == ["Bea"]
    held = take_work(person=volunteer)
    assert held.batch.subject == bea
    assert judge_desk(volunteer, held) >= 20
    assert gets(volunteer) == ["Bea"], "not at once: that would tell which of them were gold"
    a_day_passes()
    assert gets(volunteer) == ["Ada", "Bea"]
    assert take_work(person=volunteer).batch.subject == ada


def test_who_was_wrong_so_often_that_no_gold_is_left_to_make_up_for_it_waits_no_longer(
    ada: Subject, bea: Subject, volunteer: User
) -> None:
    with_gold(bea, num=22)
    judge_desk(volunteer, take_work(person=volunteer), knows_gold=False)
    assert gets(volunteer) == ["Bea"], "what they said today is taken for right"
    a_day_passes()
    assert gets(volunteer) == ["Ada", "Bea"]


def test_while_others_hold_all_work_to_learn_on_they_get_the_rest(
    ada: Subject, bea: Subject, project: Project, organiser: User, volunteer: User
) -> None:
    with_gold(bea, num=40)
    batches = cut_batches(subject=bea, size=40, actor=organiser)
    assert gets(volunteer) == ["Bea"]
    for batch in batches:
        hand_out(batch, *crowd_once(project), by=organiser)
    assert gets(volunteer) == ["Ada", "Bea"]
    assert take_work(person=volunteer).batch.subject == ada


def crowd_once(project: Project) -> list[User]:
    there = User.objects.filter(username__in=["v1", "v2"])
    return list(there) or crowd(project, 2)


def test_of_organisers_and_by_hand_no_level_is_asked(
    ada: Subject, bea: Subject, organiser: User, volunteer: User
) -> None:
    with_gold(bea, num=40)
    assert gets(organiser) == ["Ada", "Bea"]
    assert gets(volunteer) == ["Bea"]
    [batch, *_] = cut_batches(subject=ada, size=10, actor=organiser)
    hand_out(batch, volunteer, by=organiser)
    assert take_work(person=volunteer).batch == batch, "what they hold is theirs"


@pytest.mark.parametrize("knows_gold", [True, False])
@pytest.mark.parametrize(("num_of_ada", "num_of_bea"), [(0, 1), (30, 0), (0, 20), (5, 25), (0, 60)])
def test_however_much_gold_there_is_a_newcomer_goes_on_until_all_is_judged(
    ada: Subject,
    bea: Subject,
    volunteer: User,
    num_of_ada: int,
    num_of_bea: int,
    *,
    knows_gold: bool,
) -> None:
    with_gold(ada, num=num_of_ada)
    with_gold(bea, num=num_of_bea)
    while work_for(volunteer) == "some":
        judge_desk(volunteer, take_work(person=volunteer), knows_gold=knows_gold)
    with pytest.raises(NothingToTake) as refusal:
        take_work(person=volunteer)
    assert refusal.value.context == {"why": "all_judged"}
    plain = Image.objects.exclude(pk__in=Gold.objects.values("pk"))
    assert Vote.objects.filter(volunteer=volunteer).count() == plain.count() == 100


@pytest.mark.parametrize("num", [1, 20])
def test_it_costs_the_same_for_one_project_and_for_twenty(
    admin: User, volunteer: User, num: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for nth in range(num):
        project = Project.objects.create(slug=f"p{nth}", name=f"P{nth}")
        for person, role in ((volunteer, Role.VOLUNTEER), (admin, Role.ADMIN)):
            Membership.objects.create(project=project, user=person, role=role)
        for name in ("Ada", "Bea"):
            one = Subject.objects.create(project=project, slug=name.lower(), name=name)
            make_consent(one, admin)
            opened(one, admin, num=1)
            if name == "Ada":
                LookAlike.objects.create(subject=one, name="Eve", how_to_tell="a longer face")
            else:
                with_gold(one, num=20)
    with django_assert_num_queries(6):
        assert gets(volunteer) == ["Bea"] * num
    with django_assert_num_queries(2):
        assert work_for(volunteer) == "some"
