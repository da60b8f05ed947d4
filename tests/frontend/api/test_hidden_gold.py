"""Whoever judges learns by nothing that the site answers which of the pictures are gold."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from curation.batches.models import Batch
from curation.gold.models import GoldAnswer, GoldItem
from curation.images.models import Image
from curation.manual.reasons import Reason
from curation.projects.models import ActionLog, User
from curation.subjects.models import Subject
from curation.votes.models import Vote
from frontend.addresses import address
from tests.stories.batches import KEEP, REJECT, crowd, cut, expire, hand_out
from tests.stories.duplicates import near
from tests.stories.gold import gold
from tests.stories.pictures import old_address

MakeImage = Callable[..., Image]


@pytest.fixture
def batch(
    subject: Subject, organiser: User, admin: User, volunteer: User, make_image: MakeImage
) -> Batch:
    """Eight pictures, handed to the volunteer; six others of the same kind are gold."""
    batch = cut(subject, make_image, num=8, by=organiser)
    for nth in range(6):
        image = make_image(of=subject)
        if nth % 2:
            gold(image, REJECT, Reason.DRAWN, by=admin, note="see the lines")
        else:
            gold(image, KEEP, by=admin)
    hand_out(batch, volunteer, by=organiser)
    return batch


@pytest.fixture
def browser(client: Client, volunteer: User) -> Client:
    client.force_login(volunteer)
    return client


def desk_of(browser: Client, batch: Batch) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = browser.get(f"/api/v1/batches/{batch.pk}/desk").json()["items"]
    return items


def parted(items: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    hidden = set(GoldItem.objects.values_list("pk", flat=True))
    return [each for each in items if each["id"] in hidden], [
        each for each in items if each["id"] not in hidden
    ]


def shape(value: Any) -> Any:
    """What of an answer is the same for all pictures: its fields and their kinds."""
    if isinstance(value, dict):
        return {key: shape(each) for key, each in value.items()}
    if isinstance(value, list):
        return [shape(each) for each in value[:1]]
    return value if value is None or isinstance(value, bool) else type(value).__name__


def cast(browser: Client, item: dict[str, Any], **given: Any) -> Any:
    body = {"verdict": "keep", "client_key": str(uuid4()), "picture": item["picture"]} | given
    return browser.put(
        f"/api/v1/items/{item['id']}/vote", json.dumps(body), content_type="application/json"
    )


def test_before_the_vote_gold_looks_like_all_others(browser: Client, batch: Batch) -> None:
    items = desk_of(browser, batch)
    hidden, plain = parted(items)
    assert len(hidden) >= 4
    assert len(plain) == 8
    assert {json.dumps(shape(each)) for each in hidden} == {
        json.dumps(shape(each)) for each in plain
    }
    assert [each["position"] for each in items] == list(range(1, len(items) + 1))
    assert all((each["number"], each["name"]) == (None, "") for each in items)
    lengths = {len(each["preview_url"]) for each in plain}
    assert {len(each["preview_url"]) for each in hidden} == lengths
    page = browser.get(address("desk", batch)).content.decode()
    assert "see the lines" not in page
    data = page.split('id="desk-data"')[1]
    assert "gold" not in data.lower()


def test_its_picture_opens_as_all_others_and_ends_with_the_lease(
    browser: Client, batch: Batch, volunteer: User, organiser: User
) -> None:
    hidden, plain = parted(desk_of(browser, batch))

    def answers(each: dict[str, Any]) -> list[tuple[int, set[str]]]:
        image = Image.objects.get(sha256__startswith=each["picture"])
        urls = [each["preview_url"], old_address(browser, batch.subject, image.sha256)]
        found = [browser.get(url) for url in urls]
        return [(one.status_code, set(one.headers)) for one in found]

    assert answers(hidden[0]) == answers(plain[0])
    assert answers(hidden[0])[1][0] == 200
    browser.post(address("return_batch", batch), {"person": volunteer.pk})
    assert answers(hidden[0]) == answers(plain[0])
    assert answers(hidden[0])[1][0] == 403


def test_what_is_answered_to_a_vote_is_the_same(browser: Client, batch: Batch) -> None:
    (gold_item, *_), (item, *_) = parted(desk_of(browser, batch))
    pair = (gold_item, item)
    for given in (
        {},
        {"verdict": "reject", "reasons": ["drawn"]},
        {"verdict": "unsure"},
        {"verdict": "reject"},
        {"verdict": "keep", "reasons": ["drawn"]},
        {"picture": "0" * 16},
    ):
        one, other = (cast(browser, each, **given) for each in pair)
        assert one.status_code == other.status_code
        assert shape(one.json()) == shape(other.json())
        assert one.headers.keys() == other.headers.keys()
        left = browser.get(f"/api/v1/batches/{batch.pk}/standing").json()["left"]
        assert left == len(desk_of(browser, batch)) - 2
    told = [browser.post(f"/api/v1/items/{each['id']}/told") for each in pair]
    assert [each.status_code for each in told] == [200, 200]
    assert shape(told[0].json()) == shape(told[1].json())
    mine = [each for each in desk_of(browser, batch) if each["my_vote"]]
    assert {json.dumps(shape(each)) for each in mine} == {json.dumps(shape(mine[0]))}
    assert {each["number"] for each in mine} == set(
        Image.objects.filter(sha256__startswith=gold_item["picture"]).values_list(
            "number", flat=True
        )
    ) | set(
        Image.objects.filter(sha256__startswith=item["picture"]).values_list("number", flat=True)
    )
    for each in pair:
        url = f"/api/v1/items/{each['id']}/vote?client_key={uuid4()}"
        gone = browser.delete(url)
        assert (gone.status_code, gone.content) == (204, b"")
        assert browser.post(f"/api/v1/items/{each['id']}/told").json()["code"] == "vote_first"


def test_home_counts_it_like_all_others_and_the_log_is_silent(
    browser: Client, batch: Batch, organiser: User
) -> None:
    (hidden, *_), _plain = parted(desk_of(browser, batch))
    lines = ActionLog.objects.count()
    cast(browser, hidden)
    assert "You have judged 1 picture so far." in browser.get("/").content.decode()
    assert (Vote.objects.count(), GoldAnswer.objects.count()) == (0, 1)
    assert ActionLog.objects.count() == lines


def test_what_others_said_of_it_leaves_room_for_a_vote_of_ones_own(
    browser: Client, batch: Batch, volunteer: User
) -> None:
    (hidden, *_), _plain = parted(desk_of(browser, batch))
    image = Image.objects.get(sha256__startswith=hidden["picture"])
    for person in crowd(batch.subject.project, 2):
        Vote.objects.create(
            image=image, volunteer=person, verdict=KEEP, manual_version=1, cast_at=timezone.now()
        )

    def others() -> dict[str, int]:
        told = browser.post(f"/api/v1/items/{hidden['id']}/told").json()["decided"]["others"]
        return {verdict: told[verdict] for verdict in ("keep", "reject", "unsure")}

    cast(browser, hidden)
    assert others() == {"keep": 1, "reject": 0, "unsure": 0}
    cast(browser, hidden, verdict="unsure")
    assert others() == {"keep": 2, "reject": 0, "unsure": 0}


def test_what_is_nearly_the_same_as_it_opens_as_well(
    browser: Client, batch: Batch, volunteer: User, make_image: MakeImage
) -> None:
    hidden, plain = parted(desk_of(browser, batch))

    def answers(item: dict[str, Any]) -> tuple[int, int]:
        image = Image.objects.get(sha256__startswith=item["picture"])
        twin = make_image(of=batch.subject)
        url = old_address(browser, batch.subject, twin.sha256)
        before = browser.get(url).status_code
        near(image, twin)
        return before, browser.get(url).status_code

    assert answers(plain[0]) == answers(hidden[0]) == (403, 200)
    expire(batch, volunteer)
    assert answers(plain[1]) == answers(hidden[1]) == (403, 403)


def test_a_vote_on_it_asks_the_database_little_more(browser: Client, batch: Batch) -> None:
    """Else the time that it takes would tell from afar: it is no vote that failed first."""
    items = parted(desk_of(browser, batch))
    cast(browser, items[0][1]), cast(browser, items[1][1])
    asked = []
    for of_kind in items:
        with CaptureQueriesContext(connection) as queries:
            assert cast(browser, of_kind[0]).status_code == 200
        asked.append(len(queries))
    assert asked[0] - asked[1] <= 5, asked
