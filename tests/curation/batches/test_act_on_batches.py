"""One thing done with many batches, each told of by itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.utils import timezone

from curation.batches.act_on_batches import (
    MOST_AT_ONCE,
    Act,
    Outcome,
    act_on_batches,
)
from curation.batches.close_batch import close_batch
from curation.batches.models import Assignment, Batch
from curation.batches.return_batch import return_batch
from curation.errors import InvalidInput, NotAllowed
from curation.images.models import Image
from curation.projects.models import ActionLog, Project, User
from curation.subjects.gate import ConsentMissing
from curation.subjects.models import Subject
from tests.stories.batches import crowd, cut, expire, hand_out


@pytest.fixture
def three(subject: Subject, organiser: User, make_image: Callable[..., Image]) -> list[Batch]:
    """Three batches, of which the last is closed."""
    batches = [cut(subject, make_image, num=1, by=organiser) for _ in range(3)]
    close_batch(batch=batches[2], actor=organiser)
    return list(Batch.objects.select_related("subject__project").order_by("number"))


def outcomes(act: Act, batches: list[Batch], by: User, *people: User, days: int = 7) -> list[str]:
    found = list(Batch.objects.filter(pk__in=[batch.pk for batch in batches]).order_by("number"))
    results = act_on_batches(act=act, batches=found, people=people, days=days, actor=by)
    assert [result.batch for result in results] == found
    return [result.outcome.value for result in results]


def test_all_go_to_all_who_were_named(
    three: list[Batch], organiser: User, project: Project
) -> None:
    people = crowd(project, 2)
    assert outcomes(Act.HAND_OUT, three, organiser, *people) == ["done", "done", "is_closed"]
    assert Assignment.objects.count() == 4
    assert ActionLog.objects.filter(action="batch.assign", actor=organiser).count() == 4


def test_more_time_shortens_nothing_and_revives_what_ran_out(
    three: list[Batch], organiser: User, project: Project
) -> None:
    one, two = crowd(project, 2)
    first, second, _ = three
    hand_out(first, one, two, by=organiser)
    expire(first, one)
    assert outcomes(Act.MORE_TIME, three, organiser) == ["done", "held_by_nobody", "held_by_nobody"]
    assert Assignment.objects.get(volunteer=one).leased_until > timezone.now()
    before = Assignment.objects.get(volunteer=two).leased_until
    assert outcomes(Act.MORE_TIME, [first], organiser, days=1) == ["was_so"]
    assert Assignment.objects.get(volunteer=two).leased_until == before
    assert outcomes(Act.MORE_TIME, [first], organiser, two, days=30) == ["done"]
    in_29_days = timezone.now() + dt.timedelta(days=29)
    late = Assignment.objects.filter(leased_until__gt=in_29_days)
    assert [lease.volunteer for lease in late] == [two]
    return_batch(batch=first, actor=one)
    outcomes(Act.MORE_TIME, [first, second], organiser)
    assert Assignment.objects.get(volunteer=one).returned_at, "what was returned stays so"


def test_taken_back_from_all_or_from_those_named(
    three: list[Batch], organiser: User, project: Project
) -> None:
    one, two = crowd(project, 2)
    hand_out(three[0], one, two, by=organiser)
    hand_out(three[1], two, by=organiser)
    said = outcomes(Act.TAKE_BACK, three, organiser, one)
    assert said == ["done", "held_by_nobody", "held_by_nobody"]
    assert Assignment.objects.filter(returned_at=None).count() == 2
    assert outcomes(Act.TAKE_BACK, three, organiser) == ["done", "done", "held_by_nobody"]
    assert not Assignment.objects.filter(returned_at=None).exists()


def test_closed_and_opened_once(three: list[Batch], organiser: User) -> None:
    assert outcomes(Act.CLOSE, three, organiser) == ["done", "done", "was_so"]
    assert outcomes(Act.REOPEN, three[:2], organiser) == ["done", "done"]
    assert outcomes(Act.REOPEN, three, organiser) == ["was_so", "was_so", "done"]


@pytest.mark.parametrize("num", [0, MOST_AT_ONCE + 1])
def test_none_and_too_many_are_refused_before_anything_is_done(
    three: list[Batch], organiser: User, num: int
) -> None:
    with pytest.raises(InvalidInput, match=r"at least one|At most 200"):
        act_on_batches(act=Act.CLOSE, batches=(three * num)[:num], actor=organiser)
    with pytest.raises(InvalidInput, match="to whom"):
        act_on_batches(act=Act.HAND_OUT, batches=three, actor=organiser)
    assert Batch.objects.filter(closed_at=None).count() == 2


def test_volunteers_may_not_and_without_consent_nothing_is_handed_out(
    three: list[Batch], organiser: User, volunteer: User
) -> None:
    for act in Act:
        with pytest.raises(NotAllowed):
            act_on_batches(act=act, batches=three, people=[volunteer], actor=volunteer)
    three[0].subject.consents.all().delete()
    with pytest.raises(ConsentMissing):
        act_on_batches(act=Act.HAND_OUT, batches=three, people=[volunteer], actor=organiser)
    assert Outcome.DONE in outcomes(Act.CLOSE, three, organiser), "ending is always possible"
