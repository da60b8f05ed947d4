"""The person's own page: true numbers, nobody else's eyes, and nothing that gives gold away."""

from __future__ import annotations

import datetime as dt
import html
import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from curation.batches.models import Batch
from curation.gold.levels import GRID_AFTER
from curation.gold.models import Gold, GoldAnswerEvent, Kind
from curation.images.models import Image
from curation.manual.reasons import Reason
from curation.projects.models import Project, User
from curation.releases.freeze_release import freeze_release
from curation.subjects.models import Subject
from curation.votes.models import VoteEvent
from curation.votes.own_gold import grid_level_of, needs_rest
from tests.stories.batches import KEEP, REJECT, UNSURE, crowd, cut, hand_out, items_of, vote
from tests.stories.gold import event, gold

MakeImage = Callable[..., Image]


@pytest.fixture
def others(project: Project) -> list[User]:
    return crowd(project, 2)


@pytest.fixture
def batch(
    subject: Subject, organiser: User, volunteer: User, others: list[User], make_image: MakeImage
) -> Batch:
    batch = cut(subject, make_image, num=6, by=organiser)
    hand_out(batch, volunteer, *others, by=organiser)
    return batch


def page_of(person: User) -> str:
    client = Client()
    client.force_login(person)
    answer = client.get("/me/")
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())))


def long_ago(*events: GoldAnswerEvent, days: int = 2) -> None:
    """As if these had been said some days earlier."""
    keys = [each.pk for each in events]
    at = timezone.now() - dt.timedelta(days=days)
    GoldAnswerEvent.objects.filter(pk__in=keys).update(at=at)


def test_whoever_begins_is_led_to_their_batches(volunteer: User) -> None:
    assert "Nothing here yet" in page_of(volunteer)


def test_what_others_say_is_compared_without_ones_own_vote(
    batch: Batch, volunteer: User, others: list[User]
) -> None:
    kept, missed, *_rest, open_one, unsure = items_of(batch)
    vote(volunteer, kept, KEEP)
    vote(others[0], kept, KEEP)
    vote(volunteer, missed, KEEP)
    for other in others:
        vote(other, missed, REJECT, Reason.COVERED)
    vote(volunteer, open_one, KEEP)
    vote(volunteer, unsure, UNSURE)
    page = page_of(volunteer)
    assert "Judged 4 pictures" in page
    assert "you were here on 1 day" in page
    assert "Keep 1 1 –" in page
    assert "1 0 Keep, 1 time" in page
    assert "What you pass over most often" in page
    assert not any(other.username in page for other in others)


def test_an_undecided_picture_tells_nothing_of_what_others_said(
    batch: Batch, volunteer: User, others: list[User]
) -> None:
    first, *_rest = items_of(batch)
    vote(volunteer, first, KEEP)
    before = page_of(volunteer)
    vote(others[0], first, REJECT)
    assert page_of(volunteer) == before


def test_thanks_name_how_many_pictures_are_in_a_release(
    batch: Batch, volunteer: User, others: list[User], subject: Subject, organiser: User
) -> None:
    assert "No release has pictures of yours yet" not in page_of(volunteer)
    first, second, *_rest = items_of(batch)
    for person in (volunteer, others[0]):
        vote(person, first, KEEP)
    for person in others:
        vote(person, second, KEEP)
    assert "No release has pictures of yours yet" in page_of(volunteer)
    freeze_release(subject=subject, actor=organiser)
    assert "1 picture that you looked at is in a release now" in page_of(volunteer)


def test_gold_says_what_was_known_up_to_yesterday_and_todays_gives_nothing_away(
    batch: Batch, volunteer: User, make_image: MakeImage
) -> None:
    vote(volunteer, items_of(batch)[0], KEEP)
    known = [make_image() for _ in range(3)]
    for image in known:
        gold(image, REJECT, Reason.BLURRY)
    before = page_of(volunteer)
    events = [event(volunteer, image, KEEP) for image in known]
    assert page_of(volunteer) == before
    long_ago(*events)
    page = page_of(volunteer)
    assert "You knew Otherwise you said" in page
    assert "3 0 Keep, 3 times" in page


def test_the_grid_opens_by_gold_and_nobody_loses_it(
    batch: Batch, volunteer: User, project: Project, make_image: MakeImage
) -> None:
    assert grid_level_of(volunteer, project).is_open, "without gold all is open"
    known = [make_image() for _ in range(20)]
    for image in known:
        gold(image, KEEP)
    assert not grid_level_of(volunteer, project).is_open
    vote(volunteer, items_of(batch)[0], KEEP)
    assert not grid_level_of(volunteer, project).is_open
    assert "The grid opens once 80% of your last 20 answers" in page_of(volunteer)
    events = [event(volunteer, image, KEEP) for image in known]
    assert not grid_level_of(volunteer, project).is_open, "not at once: that would tell of the last"
    long_ago(*events)
    assert grid_level_of(volunteer, project).is_open


def test_whoever_judged_before_there_was_gold_enough_keeps_the_grid(
    batch: Batch, volunteer: User, project: Project, make_image: MakeImage
) -> None:
    for _ in range(GRID_AFTER - 1):
        gold(make_image(), KEEP)
    assert grid_level_of(volunteer, project).is_open, "so little can measure nobody"
    vote(volunteer, items_of(batch)[0], KEEP)
    gold(make_image(), KEEP)
    assert grid_level_of(volunteer, project).is_open
    VoteEvent.objects.update(at=timezone.now())
    Gold.objects.update(marked_at=timezone.now() - dt.timedelta(days=1))
    assert not grid_level_of(volunteer, project).is_open


def test_a_rest_is_proposed_while_the_eye_is_tired_and_not_for_ever(
    volunteer: User, project: Project, make_image: MakeImage
) -> None:
    known = [make_image() for _ in range(24)]
    for image in known:
        gold(image, KEEP)
    for image in known[:20]:
        event(volunteer, image, KEEP)
    assert not needs_rest(volunteer, project)
    tired = [event(volunteer, image, REJECT, Reason.BLURRY) for image in known[20:]]
    assert needs_rest(volunteer, project)
    long_ago(*tired, days=1)
    assert not needs_rest(volunteer, project)


def test_practice_makes_nobody_tired(
    volunteer: User, project: Project, make_image: MakeImage
) -> None:
    for _ in range(24):
        image = make_image()
        gold(image, KEEP)
        event(volunteer, image, REJECT, Reason.BLURRY, kind=Kind.PRACTICE)
    assert not needs_rest(volunteer, project)


@pytest.mark.parametrize("num", [1, 6])
def test_it_costs_the_same_whatever_was_judged(
    batch: Batch,
    volunteer: User,
    others: list[User],
    num: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for item in items_of(batch)[:num]:
        vote(volunteer, item, KEEP)
        vote(others[0], item, KEEP)
    client = Client()
    client.force_login(volunteer)
    client.get("/me/")
    with django_assert_num_queries(18):
        client.get("/me/")
