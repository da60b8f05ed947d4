"""What each vote weighed and how true that was: for organisers, and never before their own vote."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from curation.batches.models import Batch
from curation.images.models import Image, Measures
from curation.manual.reasons import Reason
from curation.projects.models import ActionLog, Project, Rule, User
from curation.subjects.models import Subject
from curation.votes import fit_votes
from curation.votes.models import Fit
from tests.stories.batches import KEEP, REJECT, crowd, cut, hand_out, items_of, vote
from tests.stories.by_weight import by_weight
from tests.stories.gold import event, gold

_BLURRY = [Reason.BLURRY]

pytestmark = pytest.mark.django_db


@pytest.fixture
def project(project: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    return by_weight(project, monkeypatch)


@pytest.fixture
def people(project: Project) -> list[User]:
    return crowd(project, 3)


@pytest.fixture
def batch(
    subject: Subject,
    organiser: User,
    people: list[User],
    make_image: Callable[..., Image],
) -> Batch:
    batch = cut(subject, make_image, num=8, by=organiser)
    hand_out(batch, *people, by=organiser)
    return batch


@pytest.fixture
def weighed(batch: Batch, people: list[User], organiser: User, client: Client) -> Fit:
    """The first four were kept by the first two, and the machine liked them."""
    Measures.objects.update(suspicion_alone=0.02)
    for item in items_of(batch)[:4]:
        for person in people[:2]:
            vote(person, item, KEEP)
    vote(people[2], items_of(batch)[4], REJECT)
    client.force_login(organiser)
    client.post("/projects/fans/subjects/ada/weights/again/")
    fit = Fit.objects.get()
    fit_votes.fit_votes(fit_id=fit.pk)
    return fit


def image_page(client: Client, number: int) -> str:
    return client.get(f"/projects/fans/subjects/ada/images/{number}/").content.decode()


def test_each_thing_that_was_weighed_is_said_with_its_weight(
    weighed: Fit, client: Client, people: list[User]
) -> None:
    page = image_page(client, 1)
    for said in ("What was weighed", "The subject", "The machine", "keep ×", "Together: "):
        assert said in page
    assert all(str(person) in page for person in people[:2])
    assert "of the good pictures" in page
    rejected = image_page(client, 5)
    assert "reject ×" in rejected


def test_an_organiser_who_may_yet_vote_on_it_sees_nothing_of_it(
    weighed: Fit, batch: Batch, client: Client, people: list[User], organiser: User
) -> None:
    hand_out(batch, organiser, by=organiser)
    Measures.objects.update(suspicion_alone=0.9)
    doubted = items_of(batch)[5]
    vote(people[0], doubted, KEEP)
    assert "What was weighed" not in image_page(client, doubted.image.number)
    vote(organiser, doubted, KEEP)
    assert "What was weighed" in image_page(client, doubted.image.number)
    decided = image_page(client, 1)
    assert "What was weighed" in decided, "no vote is wanted there"


def test_the_page_tells_whom_to_believe_and_starts_anew_when_asked(
    weighed: Fit, client: Client, people: list[User]
) -> None:
    page = client.get("/projects/fans/subjects/ada/weights/").content.decode()
    assert "by 9 votes and 0 answers to gold" in page
    assert all(str(person) in page for person in people)
    assert "Once 20 pictures" in page
    assert ActionLog.objects.filter(action="votes.fit").count() == 1
    client.post("/projects/fans/subjects/ada/weights/again/")
    page = client.get("/projects/fans/subjects/ada/weights/").content.decode()
    assert "being weighed anew" in page
    assert Fit.objects.count() == 2


def test_enough_answers_to_gold_draw_how_true_the_odds_are(
    weighed: Fit,
    client: Client,
    subject: Subject,
    people: list[User],
    make_image: Callable[..., Image],
) -> None:
    for number in range(20):
        image = make_image(of=subject)
        gold(image, KEEP) if number % 2 else gold(image, REJECT, *_BLURRY)
        event(people[0], image, KEEP if number % 2 else REJECT, *([] if number % 2 else _BLURRY))
    page = client.get("/projects/fans/subjects/ada/weights/").content.decode()
    assert "From 0 pictures" in page
    assert "20 answers to gold" in page
    assert page.count("plot__dot") == 2


def test_where_two_equal_votes_decide_there_is_nothing_to_weigh(
    batch: Batch, project: Project, client: Client, organiser: User, people: list[User]
) -> None:
    Project.objects.update(rule=Rule.PLAIN)
    client.force_login(organiser)
    assert (
        "Two equal votes decide here"
        in client.get("/projects/fans/subjects/ada/weights/").content.decode()
    )
    page = client.post("/projects/fans/subjects/ada/weights/again/", follow=True).content.decode()
    assert "none is weighed" in page
    for person in people[:2]:
        vote(person, items_of(batch)[0], KEEP)
    assert "What was weighed" not in image_page(client, 1)
