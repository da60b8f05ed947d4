"""Pages where an organiser sees decisions and settles images."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from curation.batches.models import Batch
from curation.batches.return_batch import return_batch
from curation.consensus.blind import images_to_judge
from curation.consensus.models import Ruling
from curation.images.models import Image
from curation.manual.reasons import Reason
from curation.projects.models import Project, User
from curation.subjects.models import Consent, Subject
from curation.votes.desk import desk_items
from tests.stories.batches import (
    KEEP,
    REJECT,
    UNSURE,
    crowd,
    cut,
    hand_out,
    items_of,
    vote,
)
from tests.stories.gold import event
from tests.stories.manual import without
from tests.stories.pictures import pictures_on

SUBJECT = "/projects/fans/subjects/ada/"
CONTESTED = f"{SUBJECT}contested/"


@pytest.fixture
def people(project: Project) -> list[User]:
    return crowd(project, 3)


@pytest.fixture
def batch(
    subject: Subject, people: list[User], organiser: User, make_image: Callable[..., Image]
) -> Batch:
    """A batch of four in three pairs of hands."""
    batch = cut(subject, make_image, num=4, by=organiser)
    hand_out(batch, *people, by=organiser)
    return batch


@pytest.fixture
def browser(client: Client, organiser: User) -> Client:
    client.force_login(organiser)
    return client


def dispute(batch: Batch, people: list[User], *numbers: int) -> None:
    """Three people say three different things of the images with these numbers."""
    for item in items_of(batch):
        if item.image.number in numbers:
            vote(people[0], item, KEEP)
            vote(people[1], item, REJECT, Reason.COVERED)
            vote(people[2], item, UNSURE)


def page(browser: Client, path: str) -> str:
    response = browser.get(path)
    assert response.status_code == 200
    return response.content.decode()


def test_the_first_contested_picture_is_shown_with_everybody_who_voted(
    browser: Client, batch: Batch, people: list[User]
) -> None:
    dispute(batch, people, 2, 3)
    shown = page(browser, CONTESTED)
    second, third = (items_of(batch)[n].image.sha256 for n in (1, 2))
    assert pictures_on(browser, shown) == [
        (second, "preview.webp"),  # asked for before any script
        (second, "preview.webp"),
        (second, "preview.webp"),  # ahead, for the script
        (third, "preview.webp"),
        (second, "thumb.webp"),
        (third, "thumb.webp"),
    ]
    for person in people:
        assert person.username in shown
    assert "face covered" in shown


def test_settling_leads_to_the_next_and_after_the_last_to_good_news(
    browser: Client, batch: Batch, people: list[User]
) -> None:
    dispute(batch, people, 1, 3)
    kept = browser.post(f"{CONTESTED}1/", {"verdict": "keep", "reasons": ["blurry"]})
    assert kept.headers["Location"] == f"{CONTESTED}3/"
    body = {"verdict": "reject", "reasons": ["covered", "drawn"], "note": "card"}
    rejected = browser.post(f"{CONTESTED}3/", body)
    assert rejected.headers["Location"] == CONTESTED
    assert [(r.image.number, r.verdict, r.reasons) for r in Ruling.objects.order_by("pk")] == [
        (1, "keep", []),
        (3, "reject", [Reason.COVERED, Reason.DRAWN]),
    ]
    assert "Nothing is contested" in page(browser, CONTESTED)


def test_a_rejection_without_reason_says_so_and_stays(
    browser: Client, batch: Batch, people: list[User]
) -> None:
    dispute(batch, people, 1)
    typed = {"verdict": "reject", "note": "her mole is missing"}
    answer = browser.post(f"{CONTESTED}1/", typed).content.decode()
    assert "A rejection needs at least one reason." in answer
    assert 'value="her mole is missing"' in answer, "what was typed is lost"
    answer = browser.post(f"{CONTESTED}1/", {"verdict": "unsure", "reasons": ["drawn"]})
    assert "Choose keep or reject." in answer.content.decode()
    assert 'value="drawn"' in answer.content.decode().split("checked")[0][-200:]
    assert not Ruling.objects.exists()


def test_a_reason_that_the_manual_does_not_use_is_not_offered_and_refused_by_its_name(
    browser: Client, batch: Batch, people: list[User], project: Project, organiser: User
) -> None:
    dispute(batch, people, 2)
    without(Reason.DRAWN, project, organiser)
    address = f"{CONTESTED}2/"
    shown = browser.get(address).content.decode()
    assert 'value="blurry"' in shown
    assert 'value="drawn"' not in shown
    answer = browser.post(address, {"verdict": "reject", "reasons": ["drawn"]})
    assert "The manual does not use" in answer.content.decode()
    assert not Ruling.objects.exists()


def test_a_ruling_is_shown_and_can_be_taken_back(
    browser: Client, batch: Batch, people: list[User]
) -> None:
    dispute(batch, people, 1)
    browser.post(f"{CONTESTED}1/", {"verdict": "keep", "note": "her mole is there"})
    shown = page(browser, f"{CONTESTED}1/")
    assert "her mole is there" in shown
    assert "otto" in shown
    browser.post(f"{CONTESTED}1/withdraw/")
    assert "her mole is there" not in page(browser, f"{CONTESTED}1/")
    assert not Ruling.objects.exists()


def test_a_decided_picture_can_be_opened_to_overrule_it_a_purged_one_not(
    browser: Client, batch: Batch, people: list[User]
) -> None:
    for person in people[:2]:
        vote(person, items_of(batch)[0], KEEP)
    assert "kept" in page(browser, f"{CONTESTED}1/")
    Image.objects.filter(number=1).update(purged_at=timezone.now())
    assert browser.get(f"{CONTESTED}1/").status_code == 404
    assert browser.get(f"{CONTESTED}99/").status_code == 404
    assert browser.post(f"{CONTESTED}1/", {"verdict": "keep"}).status_code == 404


def test_without_consent_there_is_nothing_to_see_or_settle(
    browser: Client, batch: Batch, people: list[User]
) -> None:
    dispute(batch, people, 1)
    Consent.objects.update(covers_curate=False)
    shown = page(browser, CONTESTED)
    assert "preview.webp" not in shown
    assert "thumb.webp" not in shown
    browser.post(f"{CONTESTED}1/", {"verdict": "keep"})
    assert not Ruling.objects.exists()


def test_an_organiser_who_is_to_vote_sees_no_votes_before_their_own_is_in(
    browser: Client, batch: Batch, people: list[User], organiser: User
) -> None:
    hand_out(batch, organiser, by=organiser)
    item = items_of(batch)[0]
    vote(people[0], item, REJECT, Reason.DRAWN)
    decisions = f"{SUBJECT}batches/1/decisions/"

    def is_told(path: str) -> bool:
        return 'badge--reject"' in page(browser, path)

    assert not is_told(f"{CONTESTED}1/")
    assert not is_told(decisions)
    assert "hidden until you have voted on it" in page(browser, decisions)
    vote(organiser, item, KEEP)
    assert is_told(f"{CONTESTED}1/")
    assert is_told(decisions)


def test_an_organiser_who_had_a_picture_as_gold_is_asked_for_no_vote_and_held_back_from_nothing(
    browser: Client, batch: Batch, people: list[User], organiser: User
) -> None:
    """Before they were an organiser. The desk says that no vote of theirs is wanted."""
    hand_out(batch, organiser, by=organiser)
    had, other, *_rest = items_of(batch)
    for item in (had, other):
        vote(people[0], item, REJECT, Reason.DRAWN)
    event(organiser, had.image, KEEP)
    assert [each.is_open for each in desk_items(batch, organiser)][:2] == [False, True]
    assert 'badge--reject"' in page(browser, f"{CONTESTED}1/")
    assert 'badge--reject"' not in page(browser, f"{CONTESTED}2/")
    to_judge = set(images_to_judge(organiser, batch.subject))
    assert had.image_id not in to_judge
    assert other.image_id in to_judge


def test_giving_the_batch_back_does_not_lift_the_blindfold(
    browser: Client, batch: Batch, people: list[User], organiser: User
) -> None:
    hand_out(batch, organiser, by=organiser)
    vote(people[0], items_of(batch)[0], KEEP)
    assert 'badge--keep"' not in page(browser, f"{CONTESTED}1/")
    return_batch(batch=batch, actor=organiser)
    assert 'badge--keep"' not in page(browser, f"{CONTESTED}1/")


def test_the_table_of_a_batch_tells_what_became_of_each_and_filters(
    browser: Client, batch: Batch, people: list[User]
) -> None:
    dispute(batch, people, 2)
    for person in people[:2]:
        vote(person, items_of(batch)[0], REJECT, Reason.REPHOTO)
    everything = page(browser, f"{SUBJECT}batches/1/decisions/")
    assert "photo of a photo" in everything
    assert all(f"{CONTESTED}{number}/" in everything for number in (1, 2, 3, 4))
    rejected = page(browser, f"{SUBJECT}batches/1/decisions/?state=rejected")
    assert f"{CONTESTED}1/" in rejected
    assert f"{CONTESTED}2/" not in rejected


def test_volunteers_may_not_look(client: Client, batch: Batch, people: list[User]) -> None:
    client.force_login(people[0])
    for path in (CONTESTED, f"{CONTESTED}1/", f"{SUBJECT}batches/1/decisions/"):
        assert client.get(path).status_code == 403
    assert client.post(f"{CONTESTED}1/", {"verdict": "keep"}).status_code == 403
    assert not Ruling.objects.exists()


@pytest.mark.parametrize("num", [1, 20])
def test_the_pages_cost_the_same_queries_whatever_waits(
    subject: Subject,
    people: list[User],
    make_image: Callable[..., Image],
    num: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    client = Client()
    client.force_login(by := people[0])
    by.memberships.update(role="organiser")
    batch = cut(subject, make_image, num=num, by=by)
    hand_out(batch, *people, by=by)
    dispute(batch, people, *range(1, num + 1))
    client.get(CONTESTED)  # whatever is cached on first use
    with django_assert_num_queries(28):
        page(client, CONTESTED)
    with django_assert_num_queries(13):
        page(client, f"{SUBJECT}batches/1/decisions/")
