"""The desk over HTTP: what it shows, what it hides, what it refuses."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from curation import store
from curation.analysis.models import Analysis, Face
from curation.batches.close_batch import close_batch
from curation.batches.models import Batch
from curation.hints.models import FaceOfPortrait
from curation.images.models import Image
from curation.jobs import JobState
from curation.manual.order_reasons import order_reasons
from curation.manual.reasons import Reason
from curation.manual.selectors import current_version
from curation.projects.models import Project, User
from curation.subjects.models import Consent, LookAlike, Portrait, Subject
from curation.votes.models import Vote, VoteEvent
from frontend.addresses import address
from tests.stories.batches import (
    KEEP,
    REJECT,
    crowd,
    cut,
    expire,
    hand_out,
    items_of,
    vote,
)
from tests.stories.pictures import pictures_on

MakeImage = Callable[..., Image]


@pytest.fixture
def batch(subject: Subject, organiser: User, volunteer: User, make_image: MakeImage) -> Batch:
    batch = cut(subject, make_image, num=3, by=organiser)
    hand_out(batch, volunteer, by=organiser)
    return batch


@pytest.fixture
def browser(client: Client, volunteer: User) -> Client:
    client.force_login(volunteer)
    return client


def desk_of(browser: Client, batch: Batch) -> dict[str, Any]:
    response = browser.get(f"/api/v1/batches/{batch.pk}/desk")
    assert response.status_code == 200, response.content
    return dict(response.json())


def put(browser: Client, item_id: int, **body: Any) -> Any:
    given = {"client_key": str(uuid4()), **body}
    return browser.put(f"/api/v1/items/{item_id}/vote", given, content_type="application/json")


def test_the_desk_shows_pictures_in_order_portraits_and_look_alikes(
    browser: Client, batch: Batch, subject: Subject
) -> None:
    Portrait.objects.create(subject=subject, sha256=store.put(b"p"), caption="2021, short hair")
    LookAlike.objects.create(
        subject=subject, name="Eve", how_to_tell="a longer face", sha256=store.put(b"e")
    )
    LookAlike.objects.create(subject=subject, name="Ivy", how_to_tell="no picture of her")
    desk = desk_of(browser, batch)
    assert desk["batch"]["id"] == batch.pk
    assert desk["batch"]["subject"] == {
        "name": "Ada",
        "note": "",
        "url": "/projects/fans/subjects/ada/",
    }
    assert desk["batch"]["project"] == {"name": "Fans of nobody"}
    assert desk["manual"]["version"] == current_version(batch.subject.project)
    assert [each["number"] for each in desk["manual"]["reasons"]] == [1, 2, 3, 4, 5, 6, 7]
    assert [item["position"] for item in desk["items"]] == [1, 2, 3]
    first = items_of(batch)[0].image
    addresses = [desk["items"][0].pop(kind) for kind in ("preview_url", "thumb_url")]
    assert pictures_on(browser, " ".join(addresses)) == [
        (first.sha256, "preview.webp"),
        (first.sha256, "thumb.webp"),
    ]
    assert desk["items"][0] == {
        "id": items_of(batch)[0].pk,
        "position": 1,
        "number": None,
        "name": "",
        "picture": first.sha256[:16],
        "width": 48,
        "height": 40,
        "faces": [],
        "my_vote": None,
        "open": True,
    }
    assert [each["caption"] for each in desk["portraits"]] == ["2021, short hair"]
    assert [(each["name"], len(each["portraits"])) for each in desk["look_alikes"]] == [
        ("Eve", 1),
        ("Ivy", 0),
    ]


def test_the_page_brings_all_that_it_shows_and_asks_for_its_first_picture_at_once(
    browser: Client, batch: Batch
) -> None:
    first, second, _third = items_of(batch)
    put(browser, first.pk, verdict="keep", reasons=[])
    page = browser.get(address("desk", batch))
    text = page.content.decode()
    brought = re.search(r'<script id="desk-data" type="application/json">(.*?)</script>', text)
    assert brought is not None
    assert json.loads(brought[1]) == desk_of(browser, batch)
    preload = re.search(r'<link rel="preload" as="image" href="(.*?)"', text)
    assert preload is not None
    assert pictures_on(browser, preload[1]) == [(second.image.sha256, "preview.webp")]
    assert "no-store" in page["Cache-Control"]


def test_all_faces_are_told_of_from_left_to_right_whichever_is_larger(
    browser: Client, batch: Batch
) -> None:
    image = items_of(batch)[0].image  # 48 x 40
    analysis = Analysis.objects.create(
        image=image, subject=image.subject, state=JobState.DONE, vision_version=1
    )
    seen = {"yaw": 0, "pitch": 0, "roll": 0, "sharpness": 1, "landmarks": b"", "descriptor": b""}
    for position, box in enumerate([(24, 10, 60, 30), (12, 8, 18, 14)]):
        edges = dict(zip(("left", "top", "right", "bottom"), box, strict=True))
        Face.objects.create(analysis=analysis, position=position, **edges, **seen)
    items = desk_of(browser, batch)["items"]
    assert items[0]["faces"] == [
        {"left": 0.25, "top": 0.2, "right": 0.375, "bottom": 0.35},
        {"left": 0.5, "top": 0.25, "right": 1.0, "bottom": 0.75},  # it goes on outside
    ]
    assert [item["id"] for item in items] == [each.pk for each in items_of(batch)]
    assert items[1]["faces"] == []


def test_the_face_of_a_portrait_is_told_of_once_it_is_known(
    browser: Client, batch: Batch, subject: Subject
) -> None:
    for name in (b"p", b"q", b"r"):
        Portrait.objects.create(subject=subject, sha256=store.put(name))
    LookAlike.objects.create(subject=subject, name="Eve", how_to_tell="-", sha256=store.put(b"e"))
    box = {"left": 0.2, "top": 0.1, "right": 0.6, "bottom": 0.5}
    for name, descriptor in ((b"p", b"1234"), (b"q", b""), (b"e", b"1234")):
        FaceOfPortrait.objects.create(
            subject=subject, sha256=store.put(name), vision_version=1, descriptor=descriptor, **box
        )
    desk = desk_of(browser, batch)
    assert [each["face"] for each in desk["portraits"]] == [box, None, None]
    assert desk["look_alikes"][0]["portraits"][0]["face"] == box


def test_every_address_on_the_desk_leads_to_a_picture(
    browser: Client, batch: Batch, subject: Subject
) -> None:
    Portrait.objects.create(subject=subject, sha256=store.put(b"p"))
    LookAlike.objects.create(subject=subject, name="Eve", how_to_tell="-", sha256=store.put(b"e"))
    desk = desk_of(browser, batch)
    pictures = [*desk["portraits"], *desk["look_alikes"][0]["portraits"]]
    addresses = [each["url"] for each in pictures]
    addresses += [item[kind] for item in desk["items"] for kind in ("thumb_url", "preview_url")]
    for url in addresses:
        response = browser.get(url)
        assert (response.status_code, response["Content-Type"]) == (200, "image/webp")


def test_a_vote_is_cast_changed_and_taken_back(browser: Client, batch: Batch) -> None:
    item = items_of(batch)[0]
    answer = put(browser, item.pk, verdict="reject", reasons=["covered", "subject_absent"])
    assert answer.status_code == 200
    assert answer.json()["item_id"] == item.pk
    assert answer.json()["reasons"] == ["subject_absent", "covered"]
    assert answer.json()["cast_at"]
    assert desk_of(browser, batch)["items"][0]["my_vote"] == {
        "verdict": "reject",
        "reasons": ["subject_absent", "covered"],
    }
    assert put(browser, item.pk, verdict="keep", reasons=[]).json()["verdict"] == "keep"
    url = f"/api/v1/items/{item.pk}/vote?client_key={uuid4()}"
    assert [browser.delete(url).status_code for _twice in range(2)] == [204, 204]
    assert desk_of(browser, batch)["items"][0]["my_vote"] is None
    assert VoteEvent.objects.count() == 3


def test_an_act_sent_again_gets_the_same_answer(browser: Client, batch: Batch) -> None:
    item = items_of(batch)[0]
    key = str(uuid4())
    answers = [put(browser, item.pk, verdict="unsure", client_key=key) for _ in range(3)]
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert VoteEvent.objects.count() == 1


def test_an_old_act_sent_again_after_its_vote_was_taken_back_shows_no_vote(
    browser: Client, batch: Batch
) -> None:
    item = items_of(batch)[0]
    key = str(uuid4())
    put(browser, item.pk, verdict="keep", client_key=key)
    browser.delete(f"/api/v1/items/{item.pk}/vote?client_key={uuid4()}")
    late = put(browser, item.pk, verdict="keep", client_key=key)
    assert late.json() == {"item_id": item.pk, "verdict": None, "reasons": [], "cast_at": None}
    assert not Vote.objects.exists()


def test_what_others_said_changes_nothing_on_the_desk_but_whether_a_vote_is_wanted(
    browser: Client, batch: Batch, project: Project, organiser: User
) -> None:
    first, second = crowd(project, 2)
    hand_out(batch, first, second, by=organiser)
    before = desk_of(browser, batch)["items"]
    kept, rejected, _untouched = items_of(batch)
    vote(first, kept, KEEP)
    vote(first, rejected, REJECT, Reason.DRAWN)
    # One vote of somebody else: nothing at all is to be seen of it.
    assert desk_of(browser, batch)["items"] == before
    vote(second, kept, KEEP)
    vote(second, rejected, REJECT, Reason.BLURRY)
    after = desk_of(browser, batch)["items"]
    assert [item["open"] for item in after] == [False, False, True]
    # Kept and rejected look alike.
    for old, new in zip(before, after, strict=True):
        assert {**new, "open": True} == old


def test_ones_own_vote_stays_open_to_change(
    browser: Client, batch: Batch, volunteer: User, organiser: User
) -> None:
    hand_out(batch, organiser, by=organiser)
    item = items_of(batch)[0]
    vote(volunteer, item, KEEP)
    vote(organiser, item, KEEP)
    assert desk_of(browser, batch)["items"][0]["open"] is True


def test_purged_pictures_are_not_on_the_desk(browser: Client, batch: Batch) -> None:
    Image.objects.filter(number=2).update(purged_at=timezone.now())
    first, _purged, third = items_of(batch)
    items = desk_of(browser, batch)["items"]
    assert [item["id"] for item in items] == [first.pk, third.pk]
    put(browser, third.pk, verdict="keep")
    told = [(item["number"], item["name"]) for item in desk_of(browser, batch)["items"]]
    assert told == [(None, ""), (3, third.image.name)], "once one's own vote stands"


def test_refusals_have_a_code_and_a_message(
    browser: Client, batch: Batch, volunteer: User, organiser: User, project: Project
) -> None:
    one, two, _three = items_of(batch)

    def refusal(**body: Any) -> tuple[int, str]:
        answer = put(browser, one.pk, **{"verdict": "keep", **body})
        assert answer.json()["message"]
        assert isinstance(answer.json()["context"], dict)
        return answer.status_code, answer.json()["code"]

    assert refusal(verdict="reject") == (400, "reason_required")
    assert refusal(reasons=["blurry"]) == (400, "invalid_input")
    assert refusal(verdict="perhaps") == (400, "invalid_input")
    assert refusal(verdict="reject", reasons=["ugly"]) == (400, "invalid_input")
    assert refusal(client_key="no uuid") == (400, "invalid_input")
    people = crowd(project, 2)
    hand_out(batch, *people, by=organiser)
    for person in people:
        vote(person, one, KEEP)
    assert refusal() == (409, "enough_votes")
    vote(volunteer, two, KEEP)
    expire(batch, volunteer)
    assert refusal() == (409, "lease_expired")
    close_batch(batch=batch, actor=organiser)
    assert refusal() == (409, "batch_closed")
    batch.assignments.filter(volunteer=volunteer).delete()
    assert refusal() == (403, "not_assigned")


def test_the_desk_refuses_like_the_vote_does(
    browser: Client, batch: Batch, volunteer: User, organiser: User
) -> None:
    def refusal() -> tuple[int, str]:
        answer = browser.get(f"/api/v1/batches/{batch.pk}/desk")
        return answer.status_code, answer.json()["code"]

    expire(batch, volunteer)
    assert refusal() == (409, "lease_expired")
    hand_out(batch, volunteer, by=organiser)
    Consent.objects.update(withdrawn_at=timezone.now(), withdrawn_by=organiser)
    assert refusal() == (409, "consent_missing")
    batch.assignments.all().delete()
    assert refusal() == (403, "not_assigned")


def test_strangers_and_the_signed_out_learn_nothing(
    client: Client, batch: Batch, stranger: User
) -> None:
    item = items_of(batch)[0]
    desk = f"/api/v1/batches/{batch.pk}/desk"
    taken_back = f"/api/v1/items/{item.pk}/vote?client_key={uuid4()}"
    for ask in (
        lambda: client.get(desk),
        lambda: put(client, item.pk, verdict="keep"),
        lambda: client.delete(taken_back),
    ):
        client.logout()
        assert (ask().status_code, ask().json()["code"]) == (401, "not_signed_in")
        client.force_login(stranger)
        assert (ask().status_code, ask().json()["code"]) == (404, "not_found")


def test_a_key_is_needed_to_take_a_vote_back(browser: Client, batch: Batch) -> None:
    item = items_of(batch)[0]
    answer = browser.delete(f"/api/v1/items/{item.pk}/vote")
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_input")


def test_nothing_is_stored_for_whoever_else_has_signed_in(
    browser: Client, batch: Batch, volunteer: User, organiser: User
) -> None:
    """The page is the volunteer's still, the browser's cookie is the organiser's by now."""
    hand_out(batch, organiser, by=organiser)
    item = items_of(batch)[0]
    browser.force_login(organiser)
    of_the_page = {"headers": {"X-Person": str(volunteer.pk)}}
    given = {"verdict": "keep", "client_key": str(uuid4())}
    address = f"/api/v1/items/{item.pk}/vote"
    for answer in (
        browser.put(address, given, content_type="application/json", **of_the_page),
        browser.delete(f"{address}?client_key={uuid4()}", **of_the_page),
        browser.get(f"/api/v1/batches/{batch.pk}/desk", **of_the_page),
        browser.get(f"/api/v1/batches/{batch.pk}/lease", **of_the_page),
    ):
        assert (answer.status_code, answer.json()["code"]) == (409, "other_person")
    assert not VoteEvent.objects.exists()
    browser.force_login(volunteer)
    assert browser.put(address, given, content_type="application/json", **of_the_page).json()
    assert Vote.objects.get().volunteer == volunteer


def test_a_vote_counts_for_the_picture_that_was_on_the_screen(
    browser: Client, batch: Batch
) -> None:
    one, other = desk_of(browser, batch)["items"][:2]
    assert one["picture"] == items_of(batch)[0].image.sha256[:16]
    answer = put(browser, one["id"], verdict="keep", picture=other["picture"])
    assert (answer.status_code, answer.json()["code"]) == (409, "other_picture")
    assert not Vote.objects.exists()
    for odd in ("", "0", one["picture"].upper() + "x", 5):
        assert put(browser, one["id"], verdict="keep", picture=odd).status_code == (
            200 if odd == "" else 400
        )
    assert put(browser, one["id"], verdict="keep", picture=one["picture"]).status_code == 200
    address = f"/api/v1/items/{one['id']}/vote?client_key={uuid4()}&picture="
    assert browser.delete(address + other["picture"]).status_code == 409
    assert Vote.objects.exists()
    assert browser.delete(address + one["picture"]).status_code == 204


def test_a_vote_from_a_desk_left_open_names_the_manual_that_was_on_it(
    browser: Client, batch: Batch, organiser: User
) -> None:
    desk = desk_of(browser, batch)
    item, project = desk["items"][0]["id"], batch.subject.project
    for seen, numbers in ((1, {Reason.DRAWN: 1}), (2, {Reason.DRAWN: 2})):
        order_reasons(project=project, seen=seen, numbers=numbers, actor=organiser)

    def stored(verdict: str, **shown: int) -> tuple[int, int]:
        """The versions of the vote and of the last line of its history."""
        assert put(browser, item, verdict=verdict, **shown).status_code == 200
        return Vote.objects.get().manual_version, VoteEvent.objects.latest("pk").manual_version

    assert stored("keep", manual=desk["manual"]["version"]) == (1, 1)
    assert stored("unsure", manual=2) == (2, 2)
    assert stored("keep") == (3, 3), "old pages do not say which"
    assert stored("unsure", manual=9) == (3, 3), "there is no such version"
    assert stored("keep", manual=0) == (1, 1)
    assert put(browser, item, verdict="unsure", manual="first").status_code == 400


def test_open_desks_ask_in_one_query_whether_pictures_may_stay(
    browser: Client,
    batch: Batch,
    organiser: User,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    address = f"/api/v1/batches/{batch.pk}/lease"
    with django_assert_num_queries(3):  # session, person, lease
        answer = browser.get(address)
    assert (answer.status_code, answer.content) == (204, b"")
    Consent.objects.update(withdrawn_at=timezone.now(), withdrawn_by=organiser)
    answer = browser.get(address)
    assert (answer.status_code, answer.json()["code"]) == (409, "consent_missing")


def test_a_vote_from_another_site_is_refused(batch: Batch, volunteer: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(volunteer)
    assert put(strict, items_of(batch)[0].pk, verdict="keep").status_code == 403
    assert not Vote.objects.exists()


@pytest.mark.parametrize("num", [1, 20])
def test_the_desk_costs_the_same_queries_whatever_is_on_it(
    subject: Subject,
    organiser: User,
    make_image: MakeImage,
    num: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    batch = cut(subject, make_image, num=num, by=organiser)
    hand_out(batch, organiser, by=organiser)
    for item in items_of(batch):
        vote(organiser, item, KEEP)
        digest = store.put(str(item.pk).encode())
        Portrait.objects.create(subject=subject, sha256=digest)
        LookAlike.objects.create(subject=subject, name="Eve", how_to_tell="-", sha256=digest)
    client = Client()
    client.force_login(organiser)
    # Session, person, batch, lease, consent, plan, role, votes, items, gold, level, others.
    with django_assert_num_queries(15):
        desk_of(client, batch)


def test_at_the_end_it_tells_what_waits_for_a_third_and_the_next_batch(
    browser: Client,
    batch: Batch,
    volunteer: User,
    organiser: User,
    project: Project,
    subject: Subject,
    make_image: MakeImage,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    (other,) = crowd(project, 1)
    hand_out(batch, other, by=organiser)
    following = cut(subject, make_image, num=2, by=organiser)
    hand_out(following, volunteer, by=organiser)
    one, two, three = items_of(batch)
    vote(volunteer, one, KEEP)
    vote(other, one, REJECT)  # two differ: a third is asked
    vote(volunteer, two, KEEP)
    vote(other, three, KEEP)
    with django_assert_num_queries(10):
        answer = browser.get(f"/api/v1/batches/{batch.pk}/standing")
    said = answer.json()
    assert said.pop("leased_until")
    assert said == {
        "left": 1,
        "third_wanted": 1,
        "next_batch": {
            "number": 2,
            "subject": "Ada",
            "left": 2,
            "url": "/projects/fans/subjects/ada/batches/2/desk/",
        },
        "is_open": False,
        "rest": False,
    }
    for item in items_of(following):
        vote(volunteer, item, KEEP)
    assert browser.get(f"/api/v1/batches/{batch.pk}/standing").json()["next_batch"] is None
