"""The board: many batches in a few clicks, results told per batch, people with what they hold."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from curation.batches.close_batch import close_batch
from curation.batches.cut_batches import cut_batches
from curation.batches.models import Assignment, Batch
from curation.images.models import Image
from curation.notices.wish_notices import wish_notices
from curation.projects.models import Project, User
from curation.subjects.models import Subject
from tests.stories.batches import crowd, cut, expire, hand_out, image_row

ROOM = "/projects/fans/subjects/ada/"
BOARD, PEOPLE = f"{ROOM}batches/", f"{ROOM}batches/people/"


@pytest.fixture
def browser(client: Client, organiser: User) -> Client:
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    client.force_login(organiser)
    return client


@pytest.fixture
def four(subject: Subject, organiser: User) -> list[Batch]:
    for number in range(1, 9):
        image_row(subject, number)
    Subject.objects.update(last_number=8)
    return cut_batches(subject=subject, size=2, actor=organiser)


def press(browser: Client, **fields: object) -> str:
    answer = browser.post(f"{BOARD}acts/", fields, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def test_all_of_a_list_go_to_two_people_with_one_press(
    browser: Client, four: list[Batch], project: Project
) -> None:
    one, two = crowd(project, 2)
    assert "All 4 batches of this list" in browser.get(BOARD).content.decode()
    said = press(browser, act="hand_out", all="1", people=[one.pk, two.pk], days="5")
    assert "4 handed out (batch 1, 2, 3, 4)." in said
    assert Assignment.objects.count() == 8


def test_what_became_of_each_is_told(
    browser: Client, four: list[Batch], organiser: User, volunteer: User
) -> None:
    for batch in four[:3]:
        hand_out(batch, volunteer, by=organiser)
    assert "3 taken back (batch 1, 2, 3). 1 is with nobody (batch 4)." in press(
        browser, act="take_back", batch=[1, 2, 3, 4]
    )
    close_batch(batch=four[0], actor=organiser)
    said = press(browser, act="close", batch=[1, 2])
    assert "1 closed (batch 2). 1 was closed already (batch 1)." in said
    assert "2 opened again (batch 1, 2)." in press(browser, act="reopen", batch=[1, 2])


def test_what_cannot_be_is_said_and_nothing_is_done(
    browser: Client, four: list[Batch], volunteer: User, stranger: User
) -> None:
    assert "Choose at least one batch." in press(browser, act="close")
    assert "Choose to whom." in press(browser, act="hand_out", batch=[1])
    assert "between 1 and 90 days" in press(
        browser, act="hand_out", batch=[1], people=[volunteer.pk], days="91"
    )
    press(browser, act="hand_out", batch=[1], people=[stranger.pk])
    press(browser, act="explode", batch=[1])
    press(browser, act="close", batch=[99])
    assert not Assignment.objects.exists()
    assert not Batch.objects.exclude(closed_at=None).exists()


def test_a_list_is_of_some_batches_and_acts_on_those_alone(
    browser: Client, four: list[Batch], organiser: User, volunteer: User
) -> None:
    hand_out(four[1], volunteer, by=organiser)
    expire(four[1], volunteer)
    shown = browser.get(f"{BOARD}?show=late").content.decode()
    assert "The 1 batch of this list" in shown
    said = press(browser, act="more_time", all="1", show="late", days="3")
    assert "1 given more time (batch 2)." in said
    assert "None of these" in browser.get(f"{BOARD}?show=late").content.decode()
    of_vera = browser.get(f"{BOARD}?show=all&person={volunteer.pk}").content.decode()
    assert "Batch 2" in of_vera
    assert "Batch 3" not in of_vera


def test_people_are_reminded_given_time_and_relieved(
    browser: Client, four: list[Batch], organiser: User, volunteer: User, project: Project
) -> None:
    [silent] = crowd(project, 1)
    for batch in four[:2]:
        hand_out(batch, volunteer, silent, by=organiser)
    wish_notices(person=volunteer, email="vera@example.org", wished=True, language="en")
    shown = browser.get(PEOPLE).content.decode()
    assert f"?show=all&amp;person={volunteer.pk}" in shown
    assert "0 / 4" in shown

    def act(**fields: object) -> str:
        return browser.post(f"{PEOPLE}acts/", fields, follow=True).content.decode()

    assert "Choose at least one person." in act(act="nudge")
    said = act(act="nudge", people=[volunteer.pk, silent.pk])
    assert "Reminded by mail: vera." in said
    assert "Wish no mails, or have no address: v1." in said
    assert "2 given more time (batch 1, 2)." in act(act="more_time", people=[silent.pk], days="60")
    assert "2 taken back (batch 1, 2)." in act(act="take_back", people=[silent.pk])
    assert Assignment.objects.filter(returned_at=None).count() == 2
    assert "Had a mail within the day already: vera." in press(browser, act="nudge", batch=[1, 2])


@pytest.mark.parametrize("num", [1, 20])
def test_the_pages_cost_the_same_queries_whatever_there_is(
    subject: Subject,
    organiser: User,
    project: Project,
    browser: Client,
    make_image: Callable[..., Image],
    num: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for person in crowd(project, num):
        hand_out(cut(subject, make_image, num=1, by=organiser), person, by=organiser)
    for address, queries in ((BOARD, 18), (f"{BOARD}?show=unfinished", 18), (PEOPLE, 10)):
        browser.get(address)
        with django_assert_num_queries(queries):
            assert browser.get(address).status_code == 200
