"""Contested pictures over HTTP: some ahead, and the ruling on one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from curation.batches.models import Batch
from curation.consensus.models import Ruling
from curation.images.models import Image
from curation.manual.reasons import Reason
from curation.projects.models import ActionLog, Project, User
from curation.subjects.models import Consent, Subject
from tests.conftest import make_member
from tests.stories.batches import KEEP, REJECT, UNSURE, crowd, cut, hand_out, items_of, vote
from tests.stories.manual import without

CASES = "/api/v1/projects/fans/subjects/ada/cases"


@pytest.fixture
def people(project: Project) -> list[User]:
    return crowd(project, 3)


@pytest.fixture
def batch(
    subject: Subject, people: list[User], organiser: User, make_image: Callable[..., Image]
) -> Batch:
    """Four pictures of which the last three are contested."""
    batch = cut(subject, make_image, num=4, by=organiser)
    hand_out(batch, *people, by=organiser)
    for item in items_of(batch)[1:]:
        vote(people[0], item, KEEP)
        vote(people[1], item, REJECT, Reason.COVERED)
        vote(people[2], item, UNSURE)
    return batch


@pytest.fixture
def browser(client: Client, organiser: User) -> Client:
    client.force_login(organiser)
    return client


def rule(browser: Client, image: Image, **said: Any) -> Any:
    address = f"/api/v1/images/{image.pk}/ruling"
    return browser.put(address, said, content_type="application/json")


def image(batch: Batch, number: int) -> Image:
    return Image.objects.get(subject=batch.subject, number=number)


def test_cases_come_by_number_with_every_vote_and_its_reasons(
    browser: Client, batch: Batch
) -> None:
    told = browser.get(CASES).json()
    assert told["num_waiting"] == 3
    assert [case["number"] for case in told["cases"]] == [2, 3, 4]
    votes = [(v["volunteer"], v["verdict"], v["reasons"]) for v in told["cases"][0]["votes"]]
    assert votes == [("v1", "keep", []), ("v2", "reject", ["covered"]), ("v3", "unsure", [])]
    behind = browser.get(f"{CASES}?after=3").json()
    assert [case["number"] for case in behind["cases"]] == [4]
    assert browser.get(f"{CASES}?after=no").json()["num_waiting"] == 3


def test_a_ruling_is_stored_once_and_taken_back(browser: Client, batch: Batch) -> None:
    second = image(batch, 2)
    for _ in range(2):
        answer = rule(browser, second, verdict="reject", reasons=["covered"], note="card")
        assert answer.status_code == 200
    assert Ruling.objects.get().note == "card"
    assert ActionLog.objects.filter(action="image.settle").count() == 1
    assert browser.get(CASES).json()["num_waiting"] == 2
    for _ in range(2):
        assert browser.delete(f"/api/v1/images/{second.pk}/ruling").status_code == 204
    assert not Ruling.objects.exists()


def test_what_another_has_settled_meanwhile_is_overruled_only_by_who_has_seen_it(
    browser: Client, batch: Batch, project: Project
) -> None:
    other = Client()
    other.force_login(make_member(project, "olga", "organiser"))
    second = image(batch, 2)
    assert rule(other, second, verdict="keep").status_code == 200
    refused = rule(browser, second, verdict="reject", reasons=["covered"])
    assert refused.json()["code"] == "ruled_meanwhile"
    assert Ruling.objects.get().verdict == "keep"
    seen = rule(browser, second, verdict="reject", reasons=["covered"], overrules=True)
    assert seen.status_code == 200
    assert rule(browser, second, verdict="keep").status_code == 200, "one's own may be changed"


def test_nobody_takes_back_what_another_has_ruled_without_saying_so(
    browser: Client, batch: Batch, project: Project
) -> None:
    olga = make_member(project, "olga", "organiser")
    other = Client()
    other.force_login(olga)
    second = image(batch, 2)
    ruling = f"/api/v1/images/{second.pk}/ruling"
    assert rule(browser, second, verdict="keep").status_code == 200
    said = {"verdict": "reject", "reasons": ["covered"], "note": "card"}
    assert rule(other, second, **said, overrules=True).status_code == 200
    refused = browser.delete(ruling)
    assert (refused.status_code, refused.json()["code"]) == (409, "ruled_meanwhile")
    assert rule(browser, second, verdict="keep").json()["code"] == "ruled_meanwhile"
    assert rule(browser, second, **said).status_code == 200, "that stands already"
    assert Ruling.objects.get().ruled_by == olga
    assert browser.delete(f"{ruling}?overrules=true").status_code == 204
    assert not Ruling.objects.exists()


def test_a_rejection_has_a_reason_and_consent_is_asked_for(browser: Client, batch: Batch) -> None:
    second = image(batch, 2)
    assert rule(browser, second, verdict="reject").json()["code"] == "reason_required"
    assert rule(browser, second, verdict="unsure").status_code == 400
    assert rule(browser, second, verdict="keep", note="x" * 1001).status_code == 400
    Consent.objects.update(covers_curate=False)
    assert rule(browser, second, verdict="keep").json()["code"] == "consent_missing"
    assert browser.get(CASES).status_code == 404
    assert not Ruling.objects.exists()


def test_a_reason_that_the_manual_dropped_comes_back_only_where_a_ruling_is_undone(
    browser: Client, batch: Batch, project: Project, organiser: User
) -> None:
    second = image(batch, 2)
    earlier = {"verdict": "reject", "reasons": ["covered"]}
    assert rule(browser, second, **earlier).status_code == 200
    without(Reason.COVERED, project, organiser)
    assert rule(browser, second, verdict="keep").status_code == 200
    assert rule(browser, second, **earlier).json()["code"] == "reason_not_used"
    assert rule(browser, second, **earlier, puts_back=True).status_code == 200


@pytest.mark.parametrize("num", [1, 12])
def test_cases_cost_the_same_queries_however_many_come(
    subject: Subject,
    organiser: User,
    people: list[User],
    make_image: Callable[..., Image],
    num: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    batch = cut(subject, make_image, num=num, by=organiser)
    hand_out(batch, *people, by=organiser)
    for item in items_of(batch):
        vote(people[0], item, KEEP)
        vote(people[1], item, REJECT)
        vote(people[2], item, UNSURE)
    browser = Client()
    browser.force_login(organiser)
    browser.get(CASES)
    with django_assert_num_queries(20):
        assert len(browser.get(CASES).json()["cases"]) == num
