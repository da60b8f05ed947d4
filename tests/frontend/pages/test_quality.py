"""The page on quality: figures in words, and a way to undo one person's votes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from curation.batches.models import Batch
from curation.images.models import Image
from curation.manual.reasons import Reason
from curation.projects.models import User
from curation.subjects.models import Subject
from curation.votes.models import Vote
from tests.frontend.pages.browser import num_queries
from tests.stories.batches import KEEP, REJECT, crowd, cut, hand_out, items_of, vote

PAGE = "/projects/fans/subjects/ada/quality/"


@pytest.fixture
def batch(subject: Subject, organiser: User, make_image: Callable[..., Image]) -> Batch:
    return cut(subject, make_image, num=24, by=organiser)


def judge(batch: Batch, *people: User) -> None:
    for place, item in enumerate(items_of(batch)):
        for person in people:
            vote(person, item, *((REJECT, Reason.BLURRY) if place % 3 == 0 else (KEEP,)))


def test_an_empty_subject_says_what_comes_first(
    subject: Subject, organiser: User, client: Client
) -> None:
    client.force_login(organiser)
    assert "Nothing to compare yet" in client.get(PAGE).content.decode()


def test_figures_stand_in_words_and_as_a_table(
    batch: Batch, subject: Subject, organiser: User, client: Client
) -> None:
    people = crowd(subject.project, 2)
    hand_out(batch, *people, by=organiser)
    judge(batch, *people)
    client.force_login(organiser)
    page = client.get(PAGE).content.decode()
    assert "From 24 pictures that two have judged" in page
    assert "1.00" in page
    assert "good" in page
    table = client.get(f"{PAGE.removesuffix('/')}.csv")
    rows = b"".join(table.streaming_content).decode().splitlines()  # type: ignore[arg-type]
    assert "reason,blurry,8,1.000,1.000,1.000,8" in rows[2] + rows[3]


def test_the_page_costs_the_same_for_many(
    batch: Batch, subject: Subject, organiser: User, client: Client
) -> None:
    people = crowd(subject.project, 20)
    client.force_login(organiser)
    hand_out(batch, *people, by=organiser)
    first, second = people[:2]
    for item in items_of(batch)[:2]:
        vote(first, item, KEEP)
        vote(second, item, KEEP)
    few = num_queries(client, PAGE)
    for place, item in enumerate(items_of(batch)[2:]):
        for person in (people[place % 20], people[(place + 1) % 20]):
            vote(person, item, KEEP)
    assert num_queries(client, PAGE) == few


def test_an_evening_is_looked_at_and_then_rolled_back(
    batch: Batch, subject: Subject, organiser: User, client: Client
) -> None:
    masher, careful = crowd(subject.project, 2)
    hand_out(batch, masher, careful, by=organiser)
    judge(batch, masher, careful)
    client.force_login(organiser)
    path = f"{PAGE}{masher.pk}/"
    day = timezone.localdate()
    assert f"since={day}T00:00" in client.get(path).content.decode()
    window = {"since": f"{day}T00:00", "before": f"{day + dt.timedelta(days=1)}T00:00"}
    page = client.get(path, window).content.decode()
    assert "24 votes would be rolled back" in page
    assert Vote.objects.filter(volunteer=masher).count() == 24, "looking undoes nothing"
    page = client.post(path, window, follow=True).content.decode()
    assert "24 votes of v1 were rolled back." in page
    assert not Vote.objects.filter(volunteer=masher).exists()
    assert Vote.objects.filter(volunteer=careful).count() == 24


@pytest.mark.parametrize(
    ("since", "before", "why"),
    [
        ("", "", "This field is required."),
        ("soon", "later", "Enter a valid date/time."),
        ("2026-11-02T00:00", "2026-11-01T00:00", "Choose a later end."),
        ("0001-01-01T00:00", "2026-11-01T00:00", "Choose a year between 2000 and 2100."),
        ("2026-11-01T00:00", "9999-12-31T23:59", "Choose a year between 2000 and 2100."),
    ],
)
def test_a_window_that_is_none_undoes_nothing_and_says_why(
    batch: Batch,
    subject: Subject,
    organiser: User,
    client: Client,
    since: str,
    before: str,
    why: str,
) -> None:
    [person] = crowd(subject.project, 1)
    hand_out(batch, person, by=organiser)
    judge(batch, person)
    client.force_login(organiser)
    page = client.post(f"{PAGE}{person.pk}/", {"since": since, "before": before})
    assert why in page.content.decode()
    assert Vote.objects.filter(volunteer=person).count() == 24


def test_nobody_is_found_who_never_was_here(
    subject: Subject, organiser: User, stranger: User, client: Client
) -> None:
    client.force_login(organiser)
    assert client.get(f"{PAGE}{stranger.pk}/").status_code == 404
    assert client.get(f"{PAGE}999999/").status_code == 404
