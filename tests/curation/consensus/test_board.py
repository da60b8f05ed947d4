"""The organiser's board: how far a subject is, who holds what, and which batches are which."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from curation.batches.close_batch import close_batch
from curation.batches.models import Batch
from curation.batches.return_batch import return_batch
from curation.consensus.board import batches_shown, board_of, workers_on
from curation.consensus.settle import settle
from curation.images.models import Image
from curation.manual.verdicts import Verdict
from curation.projects.models import Project, User
from curation.projects.selectors import members_of
from curation.subjects.models import Subject
from curation.votes.models import VoteEvent
from tests.stories.batches import KEEP, REJECT, crowd, cut, expire, hand_out, items_of, vote


@pytest.fixture
def batch(subject: Subject, organiser: User, make_image: Callable[..., Image]) -> Batch:
    return cut(subject, make_image, num=5, by=organiser)


def test_what_is_wanted_is_counted_as_the_rule_says(
    batch: Batch, subject: Subject, organiser: User, project: Project
) -> None:
    one, two = crowd(project, 2)
    hand_out(batch, one, two, by=organiser)
    first, second, third, fourth, _fifth = items_of(batch)
    for person in (one, two):
        vote(person, first, KEEP)  # decided
    vote(one, second, KEEP)  # one more is wanted
    vote(one, third, KEEP)
    vote(two, third, REJECT)  # and a third here
    settle(image=fourth.image, verdict=Verdict.KEEP, reasons=[], actor=organiser)
    board = board_of(subject)
    assert (board.num_images, board.num_judged, board.num_left) == (5, 2, 3)
    assert board.num_wanted == 1 + 1 + 2
    assert board.done_on is None, "five votes tell nothing"
    assert board.one_more.num_votes == 5


def test_with_votes_of_days_the_day_is_foretold(
    batch: Batch, subject: Subject, project: Project
) -> None:
    [person] = crowd(project, 1)
    image = items_of(batch)[0].image
    now = timezone.now()
    VoteEvent.objects.bulk_create(
        VoteEvent(
            image=image,
            volunteer=person,
            batch=batch,
            verdict="keep",
            manual_version=1,
            client_key=f"00000000-0000-0000-0000-{n:012d}",
            at=now - dt.timedelta(days=4 * (100 - n) / 100),
        )
        for n in range(100)
    )
    board = board_of(subject)
    assert board.paces.a_day == pytest.approx(25, rel=0.02)
    assert board.done_on, "ten votes at 25 a day"


def numbers(subject: Subject, show: str, holder: User | None = None) -> list[int]:
    found = batches_shown(subject, show, holder and holder.pk).order_by("number")
    return list(found.values_list("number", flat=True))


def test_the_lists_of_batches(
    subject: Subject, organiser: User, project: Project, make_image: Callable[..., Image]
) -> None:
    one, two = crowd(project, 2)
    done, held, late, free, closed = (
        cut(subject, make_image, num=1, by=organiser) for _ in range(5)
    )
    hand_out(done, one, two, by=organiser)
    for person in (one, two):
        vote(person, items_of(done)[0], KEEP)
    hand_out(held, one, by=organiser)
    hand_out(late, two, by=organiser)
    expire(late, two)
    hand_out(free, one, by=organiser)
    return_batch(batch=free, actor=one)
    close_batch(batch=closed, actor=organiser)
    assert numbers(subject, "all") == [1, 2, 3, 4, 5]
    assert numbers(subject, "unfinished") == [2, 3, 4]
    assert numbers(subject, "free") == [3, 4], "what ran out is free again"
    assert numbers(subject, "late") == [3]
    assert numbers(subject, "closed") == [5]
    assert numbers(subject, "all", one) == [1, 2]


def test_who_holds_most_is_named_first_with_how_far_they_are(
    batch: Batch, subject: Subject, organiser: User, project: Project
) -> None:
    one, two, _idle = crowd(project, 3)
    hand_out(batch, one, two, by=organiser)
    for item in items_of(batch)[:2]:
        vote(one, item, KEEP)
    first, second = workers_on(subject, list(members_of(project)))
    assert (first.person, first.num_batches, first.num_images, first.num_votes) == (two, 1, 5, 0)
    assert (second.person, second.num_left, second.num_lately) == (one, 3, 2)
    assert second.a_minute is None, "two pictures are no pace"
    assert second.last_at


@pytest.mark.parametrize("num", [1, 20])
def test_it_costs_the_same_however_much_there_is(
    subject: Subject,
    organiser: User,
    project: Project,
    make_image: Callable[..., Image],
    num: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    people = crowd(project, num)
    for person in people:
        hand_out(cut(subject, make_image, num=1, by=organiser), person, by=organiser)
    members = list(members_of(project))
    with django_assert_num_queries(2):
        assert board_of(subject).num_images == num
    with django_assert_num_queries(4):
        assert len(workers_on(subject, members)) == num
