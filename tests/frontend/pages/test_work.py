"""Home's one large way on, the desk's next batch, and what organisers open to everybody."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from curation.batches.assign_batch import assign_batch
from curation.batches.models import Assignment, Batch, HandOut
from curation.images.models import Image
from curation.projects.models import User
from curation.subjects.models import Subject
from curation.votes.take_work import take_work
from tests.stories.batches import KEEP, cut, image_row, items_of, vote
from tests.stories.hand_out import open_to_all

DESK = "/projects/fans/subjects/ada/batches/{}/desk/"


def browser_of(person: User) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(person)
    return client


@pytest.fixture
def opened(subject: Subject, organiser: User) -> Subject:
    for number in range(1, 61):
        image_row(subject, number)
    return open_to_all(subject, by=organiser)


def judge_all(person: User, batch: Batch) -> None:
    for item in items_of(batch):
        vote(person, item, KEEP)


def test_home_gives_fifty_without_any_script(opened: Subject, volunteer: User) -> None:
    client = browser_of(volunteer)
    home = client.get("/").content.decode()
    assert 'action="/work/"' in home
    assert "Give me 50" in home
    answer = client.post("/work/", {"person": volunteer.pk})
    assert answer["Location"] == DESK.format(1)
    home = client.get("/").content.decode()
    assert 'action="/work/"' not in home
    assert "batch 1, 50 left" in home


def test_home_leads_to_what_was_begun_then_to_what_has_to_be_back_first(
    subject: Subject, volunteer: User, organiser: User, make_image: Callable[..., Image]
) -> None:
    large, urgent, begun = (cut(subject, make_image, num=num, by=organiser) for num in (3, 2, 2))
    for batch, days in ((large, 9), (urgent, 2), (begun, 20)):
        assign_batch(batch=batch, volunteer=volunteer, days=days, actor=organiser)
    client = browser_of(volunteer)
    assert "batch 2, 2 left" in client.get("/").content.decode()

    first, last = items_of(begun)
    vote(volunteer, first, KEEP)
    assert "batch 3, 1 left" in client.get("/").content.decode()

    vote(volunteer, last, KEEP)
    assert "batch 2, 2 left" in client.get("/").content.decode()
    judge_all(volunteer, urgent)
    assert "batch 1, 3 left" in client.get("/").content.decode()


def test_when_nothing_is_left_home_says_why(opened: Subject, volunteer: User) -> None:
    client = browser_of(volunteer)
    Image.objects.filter(number__gt=2).delete()
    judge_all(volunteer, take_work(person=volunteer).batch)
    client.post("/projects/fans/subjects/ada/batches/1/return/")
    home = client.get("/").content.decode()
    assert 'action="/work/"' not in home
    assert "All that is open to you is judged." in home
    answer = client.post("/work/", follow=True)
    assert "All that is open to you is judged." in answer.content.decode()


def test_whoever_is_in_no_project_with_open_work_is_given_none(
    opened: Subject, stranger: User, newcomer: User
) -> None:
    for person in (stranger, newcomer):
        client = browser_of(person)
        assert 'action="/work/"' not in client.get("/").content.decode()
        assert client.post("/work/")["Location"] == "/"
        answer = client.post("/api/v1/work", "{}", content_type="application/json")
        assert (answer.status_code, answer.json()["code"]) == (409, "nothing_to_take")
    assert not Assignment.objects.exists()


def test_at_the_end_of_the_desk_the_next_batch_is_had_and_the_last_one_returned(
    opened: Subject, volunteer: User
) -> None:
    client = browser_of(volunteer)

    def go_on(**body: Any) -> Any:
        return client.post("/api/v1/work", json.dumps(body), content_type="application/json")

    first = take_work(person=volunteer).batch
    judge_all(volunteer, first)
    standing = client.get(f"/api/v1/batches/{first.pk}/standing").json()
    assert (standing["next_batch"], standing["is_open"]) == (None, True)
    said = go_on(beside=first.pk).json()
    assert said == {"number": 2, "subject": "Ada", "left": 10, "url": DESK.format(2)}
    assert Assignment.objects.get(batch=first).returned_at is not None
    judge_all(volunteer, Batch.objects.get(number=2))
    refusal = go_on(beside=None)
    assert (refusal.status_code, refusal.json()["context"]) == (409, {"why": "all_judged"})
    assert go_on(beside="no number").status_code == 400


def test_work_is_taken_for_nobody_else_than_who_pressed(
    opened: Subject, volunteer: User, organiser: User
) -> None:
    client = browser_of(volunteer)
    assert client.post("/work/", {"person": organiser.pk}).status_code == 409
    answer = client.post(
        "/api/v1/work", "{}", content_type="application/json", headers={"X-Person": organiser.pk}
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "other_person")
    assert not Assignment.objects.exists()


def test_what_is_returned_unfinished_is_said_to_go_to_others(
    opened: Subject, volunteer: User
) -> None:
    batch = take_work(person=volunteer).batch
    vote(volunteer, items_of(batch)[0], KEEP)
    client = browser_of(volunteer)
    room = "/projects/fans/subjects/ada/batches/1/"
    assert "Return the rest" in client.get(room).content.decode()
    answer = client.post(f"{room}return/", follow=True)
    assert "Your votes in batch 1 stay; 49 pictures go to others." in answer.content.decode()


@pytest.mark.parametrize(("place", "body"), [("", {"room": "1"}), ("batches/", {})])
def test_an_organiser_opens_and_closes_where_they_are(
    subject: Subject, organiser: User, place: str, body: dict[str, str]
) -> None:
    client = browser_of(organiser)
    page = f"/projects/fans/subjects/ada/{place}"
    assert 'action="/projects/fans/subjects/ada/hand-out/"' in client.get(page).content.decode()
    for act in ("start", "stop"):
        answer = client.post("/projects/fans/subjects/ada/hand-out/", {**body, "act": act})
        assert answer["Location"] == page
        shown = client.get(page).content.decode()
        assert ("open to everybody since" in shown) == (act == "start")


@pytest.mark.parametrize("num_subjects", [1, 12])
def test_home_costs_the_same_however_much_is_open(
    opened: Subject,
    organiser: User,
    volunteer: User,
    num_subjects: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(num_subjects):
        other = Subject.objects.create(project=opened.project, slug=f"s{number}", name=f"S{number}")
        HandOut.objects.create(subject=other, opened_at=timezone.now())
    client = browser_of(volunteer)
    with django_assert_num_queries(11):
        assert "Give me 50" in client.get("/").content.decode()
