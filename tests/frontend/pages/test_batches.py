"""The pages of batches, for organisers and for volunteers."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from curation.batches.models import Assignment, Batch, BatchItem, HandOut
from curation.images.models import Image
from curation.projects.models import Project, User
from curation.subjects.models import Consent, Subject
from tests.stories.batches import (
    KEEP,
    REJECT,
    crowd,
    cut,
    expire,
    hand_out,
    image_row,
    items_of,
    vote,
)

BATCHES = "/projects/fans/subjects/ada/batches/"


@pytest.fixture
def batch(subject: Subject, organiser: User, make_image: Callable[..., Image]) -> Batch:
    return cut(subject, make_image, num=3, by=organiser)


@pytest.fixture
def browser(client: Client, organiser: User) -> Client:
    client.force_login(organiser)
    return client


def page(browser: Client, path: str) -> str:
    response = browser.get(path)
    assert response.status_code == 200
    return response.content.decode()


def test_many_batches_have_pages(
    browser: Client, subject: Subject, organiser: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("frontend.pages.batches.BATCHES_PER_PAGE", 2)
    for number in range(1, 6):
        Batch.objects.create(subject=subject, number=number, created_by=organiser)
    first, last = page(browser, BATCHES), page(browser, f"{BATCHES}?from=5")
    assert "Batch 2" in first
    assert "Batch 3" not in first
    assert "?show=all&amp;from=3" in first
    assert "Batch 5" in last
    assert "?show=all&amp;from=3" in last


def test_an_organiser_cuts_hands_out_takes_back_closes_and_opens(
    browser: Client, subject: Subject, volunteer: User, make_image: Callable[..., Image]
) -> None:
    for _ in range(3):
        make_image()
    assert "3 pictures are in no batch yet." in page(browser, BATCHES)
    cut_answer = browser.post(f"{BATCHES}cut/", {"size": "2"}, follow=True)
    assert "2 batches were cut." in cut_answer.content.decode()
    hand_over = {"volunteer": volunteer.pk, "days": "3"}
    browser.post(f"{BATCHES}1/assign/", hand_over)
    assert "vera" in page(browser, BATCHES)
    assert "vera" in page(browser, f"{BATCHES}1/")
    browser.post(f"{BATCHES}1/revoke/", {"volunteer": volunteer.pk})
    assert Assignment.objects.get().returned_at is not None
    assert "returned" in page(browser, f"{BATCHES}1/")
    browser.post(f"{BATCHES}1/close/")
    assert "Open again" in page(browser, f"{BATCHES}1/")
    refused = browser.post(
        f"{BATCHES}1/assign/", {"volunteer": volunteer.pk, "days": "3"}, follow=True
    )
    assert "This batch is closed. Open it again first." in refused.content.decode()
    browser.post(f"{BATCHES}1/reopen/")
    assert Batch.objects.get(number=1).closed_at is None


def offered_in(shown: str) -> list[str]:
    """The people that a page offers to hand its batch to, and the headings among them."""
    select = shown.partition('<select name="volunteer"')[2].partition("</select>")[0]
    named = re.findall(r'<optgroup label="([^"]+)"|>\s*([^<>]+?)\s*</option>', select)
    return [heading or person for heading, person in named]


def test_first_offered_is_who_never_had_it_and_last_who_holds_it(
    browser: Client, batch: Batch, project: Project, organiser: User, admin: User
) -> None:
    v1, v2, v3 = crowd(project, 3)
    hand_out(batch, v1, v3, by=organiser)
    expire(batch, v1)
    assert offered_in(page(browser, f"{BATCHES}1/")) == [
        "v2 · volunteer",
        "otto · organiser",
        "anna · admin",
        "Had it before",
        "v1 · volunteer",
        "Have it already",
        "v3 · volunteer",
    ]
    hand_out(batch, v2, organiser, admin, by=organiser)
    assert offered_in(page(browser, f"{BATCHES}1/"))[:2] == ["Choose somebody", "Had it before"]
    browser.post(f"{BATCHES}1/assign/", {"volunteer": v1.pk, "days": "3"})
    assert "Had it before" not in offered_in(page(browser, f"{BATCHES}1/"))


@pytest.mark.parametrize(
    ("command", "body", "says"),
    [
        ("cut", {"size": "0"}, "greater than or equal to 1"),
        ("cut", {}, "This field is required"),
        ("cut", {"size": "5"}, "is in a batch already"),
        ("1/assign", {"volunteer": "999", "days": "7"}, "not one of the available choices"),
        ("1/assign", {"volunteer": "", "days": "7"}, "This field is required"),
        ("1/revoke", {"volunteer": "999"}, "not one of the available choices"),
    ],
)
def test_what_cannot_be_done_is_said_above_the_page(
    browser: Client, batch: Batch, command: str, body: dict[str, str], says: str
) -> None:
    answer = browser.post(f"{BATCHES}{command}/", body, follow=True)
    assert says in answer.content.decode()


def test_a_volunteer_sees_their_own_part_and_gives_it_back(
    client: Client, batch: Batch, volunteer: User, organiser: User
) -> None:
    hand_out(batch, volunteer, organiser, by=organiser)
    vote(volunteer, items_of(batch)[0], KEEP)
    client.force_login(volunteer)
    shown = page(client, f"{BATCHES}1/")
    assert "1 / 3" in shown
    assert "Continue" in shown
    assert "otto" not in shown
    answer = client.post(f"{BATCHES}1/return/")
    assert answer.headers["Location"] == "/"
    assert "You have returned this batch." in page(client, f"{BATCHES}1/")


def test_a_volunteer_keeps_a_part_and_returns_the_rest(
    client: Client, batch: Batch, volunteer: User, organiser: User
) -> None:
    hand_out(batch, volunteer, by=organiser)
    client.force_login(volunteer)
    assert "Keep a part, return the rest" in page(client, f"{BATCHES}1/")
    answer = client.post(f"{BATCHES}1/return-part/", {"keep": 1}, follow=True)
    shown = answer.content.decode()
    assert "2 pictures go to others; you keep 1." in shown
    assert "Keep a part" not in shown, "one picture is no two parts"
    again = client.post(f"{BATCHES}1/return-part/", {"keep": 1}, follow=True)
    assert "return the batch as a whole" in again.content.decode()
    wrong = client.post(f"{BATCHES}1/return-part/", {"keep": ""}, follow=True)
    assert "This field is required." in wrong.content.decode()


def test_a_volunteer_without_the_batch_sees_nothing_of_it(
    client: Client, batch: Batch, volunteer: User, stranger: User
) -> None:
    client.force_login(volunteer)
    for path, status in ((BATCHES, 403), (f"{BATCHES}1/", 403), (f"{BATCHES}1/desk/", 403)):
        assert client.get(path).status_code == status
    assert client.post(f"{BATCHES}1/return/").status_code == 403
    for command in ("cut/", "1/assign/", "1/revoke/", "1/close/", "1/reopen/"):
        assert client.post(f"{BATCHES}{command}").status_code == 403
    client.force_login(stranger)
    for path in (BATCHES, f"{BATCHES}1/", f"{BATCHES}1/desk/"):
        assert client.get(path).status_code == 404


def test_the_desk_opens_for_whoever_has_the_batch(
    client: Client, batch: Batch, volunteer: User, organiser: User
) -> None:
    hand_out(batch, volunteer, by=organiser)
    client.force_login(volunteer)
    shown = page(client, f"{BATCHES}1/desk/")
    assert f'data-batch-id="{batch.pk}"' in shown
    assert f'data-user-id="{volunteer.pk}"' in shown
    assert "csrftoken" in client.cookies
    expire(batch, volunteer)
    assert client.get(f"{BATCHES}1/desk/").status_code == 409
    hand_out(batch, volunteer, by=organiser)
    Consent.objects.update(covers_curate=False)
    assert client.get(f"{BATCHES}1/desk/").status_code == 409


@pytest.mark.parametrize("num", [1, 20])
def test_the_pages_cost_the_same_queries_whatever_there_is(
    subject: Subject,
    organiser: User,
    make_image: Callable[..., Image],
    num: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for _ in range(num):
        batch = cut(subject, make_image, num=1, by=organiser)
        hand_out(batch, organiser, by=organiser)
    client = Client()
    client.force_login(organiser)
    client.get(BATCHES)  # whatever is cached on first use
    with django_assert_num_queries(18):
        page(client, BATCHES)
    with django_assert_num_queries(15):
        page(client, f"{BATCHES}1/")


def test_a_third_opinion_that_is_wanted_is_told_to_organiser_and_volunteers(
    browser: Client, batch: Batch, volunteer: User, organiser: User, project: Project
) -> None:
    (other,) = crowd(project, 1)
    hand_out(batch, volunteer, other, by=organiser)
    item = items_of(batch)[0]
    vote(volunteer, item, KEEP)
    browser.force_login(volunteer)
    assert "third vote" not in page(browser, f"{BATCHES}1/")
    vote(other, item, REJECT)
    assert "1 picture that you judged still needs a third vote" in page(browser, f"{BATCHES}1/")
    browser.force_login(organiser)
    shown = page(browser, f"{BATCHES}1/")
    assert "1 picture is undecided after two votes" in shown
    assert "Hand the batch to another person." in shown
    assert "1 needs a third vote" in page(browser, BATCHES)


def test_an_organiser_cuts_by_number_and_is_told_the_cure_for_what_is_no_number(
    browser: Client, batch: Batch, subject: Subject
) -> None:
    for number in range(4, 11):
        image_row(subject, number)
    Subject.objects.update(last_number=10)

    def cut_(**fields: str) -> str:
        return browser.post(f"{BATCHES}cut/", {"size": "2", **fields}, follow=True).content.decode()

    assert "1 batch was cut" in cut_(numbers="4, 9-9")
    items = BatchItem.objects.filter(batch__number=2).values_list("image__number", flat=True)
    assert sorted(items) == [4, 9]
    assert "write 5-6" in cut_(numbers="6-5")
    assert "run from 1 to 10" in cut_(numbers="11")
    assert "is in a batch already" in cut_(numbers="4")
    assert "3 batches were cut" in cut_(order="mixed")


def test_an_organiser_says_how_work_hands_itself_out(
    browser: Client, batch: Batch, volunteer: User
) -> None:
    shown = page(browser, BATCHES)
    assert "Open to everybody" in shown

    def send(**fields: object) -> str:
        address = BATCHES.replace("batches/", "hand-out/")
        return browser.post(address, fields, follow=True).content.decode()

    said = {"size": 30, "days": 2, "overlap": 1, "most_each": 90, "order": "time"}
    assert "name at least one person" in send(**said, act="save")
    assert "Saved." in send(**said, people=[volunteer.pk], act="save")
    assert "Open to those named" in page(browser, BATCHES)
    assert "Work hands itself out from now on." in send(act="start")
    hand_out_ = HandOut.objects.get()
    assert (hand_out_.size, hand_out_.most_each, hand_out_.order) == (30, 90, "time")
    assert hand_out_.opened_at
    assert "open to those named since" in page(browser, BATCHES)
    assert "Nobody takes further work." in send(act="stop", room="1")
    assert "Enter a whole number." in send(**{**said, "size": "x"}, act="save")
