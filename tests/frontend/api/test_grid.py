"""The grid's API: what is listed for whom, and what the buttons over it do."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from curation.batches.cut_batches import cut_batches
from curation.batches.models import Batch
from curation.consensus.models import Ruling
from curation.duplicates.models import NearPair
from curation.images.models import Image, Measures
from curation.projects.models import User
from curation.subjects.models import Subject
from tests.stories.batches import hand_out, image_row

pytestmark = pytest.mark.django_db


@pytest.fixture
def images(subject: Subject) -> list[Image]:
    """Five pictures; the nose points further right in each, and in the last there is none."""
    images = [image_row(subject, number) for number in range(1, 6)]
    for image in images[:4]:
        Measures.objects.filter(image=image).update(
            num_faces=1, yaw=-10 * image.number, face_size=100 * image.number, brightness=0.5
        )
    Measures.objects.filter(image=images[4]).update(num_faces=0, brightness=0.5)
    return images


@pytest.fixture
def grid(client: Client, organiser: User, subject: Subject) -> Callable[..., Any]:
    """Asks the grid of the subject as its organiser; gives status and body."""
    client.force_login(organiser)
    base = f"/api/v1/projects/{subject.project.slug}/subjects/{subject.slug}/images/"

    def ask(path: str = "", body: dict[str, Any] | None = None) -> tuple[int, Any]:
        if body is None:
            answer = client.get(base + path)
        else:
            answer = client.post(base + path, json.dumps(body), content_type="application/json")
        return answer.status_code, answer.json() if answer.content else None

    return ask


def numbers(answer: tuple[int, Any]) -> list[int]:
    assert answer[0] == 200, answer
    return [image["number"] for image in answer[1]["images"]]


def test_a_window_tells_what_the_page_shows(
    grid: Callable[..., Any], images: list[Image], client: Client
) -> None:
    Measures.objects.filter(image=images[0]).update(suspicion=0.75, suspected="blurry")
    _status, body = grid()
    first = body["images"][0]
    folder = first.pop("folder")
    assert first == {
        "number": 1,
        "name": "1.png",
        "width": 1,
        "height": 1,
        "state": "new",
        "batch": None,
        "facts": {
            "sharpness": None,
            "yaw": -10.0,
            "pitch": None,
            "face_size": 100.0,
            "brightness": 0.5,
            "num_faces": 1.0,
            "likeness": None,
            "suspicion": 0.75,
        },
        "suspected": "blurry",
        "gold": None,
    }
    assert folder.startswith("/pictures/")
    assert folder.endswith("/")


def test_orders_and_filters(grid: Callable[..., Any], images: list[Image]) -> None:
    assert numbers(grid()) == [1, 2, 3, 4, 5]
    assert numbers(grid("?descending=true")) == [5, 4, 3, 2, 1]
    assert numbers(grid("?sort=yaw")) == [4, 3, 2, 1, 5]
    assert numbers(grid("?sort=face_size&descending=true&face_size=from_256")) == [4, 3]
    assert grid("places?sort=yaw")[1] == {"total": 5, "every": 200, "places": ["-40.0~4"]}
    assert numbers(grid("?sort=yaw&start=-20.0~2")) == [2, 1, 5]
    assert numbers(grid("?sort=yaw&start=-30.0~3&end=-10.0~1")) == [3, 2]
    assert numbers(grid("?sort=yaw&start=~1")) == [5]
    assert grid("position?sort=yaw&number=5") == (200, {"position": 4})
    assert grid("position?faces=one&number=5")[0] == 404


def test_what_the_machine_suspects(grid: Callable[..., Any], images: list[Image]) -> None:
    for image, suspected, suspicion in zip(
        images, ("odd", "", "blurry", "blurry"), (0.9, 0.2, 0.8, 0.95), strict=False
    ):
        Measures.objects.filter(image=image).update(suspicion=suspicion, suspected=suspected)
    assert numbers(grid("?sort=suspicion&descending=true")) == [4, 1, 3, 2, 5]
    assert numbers(grid("?suspected=any")) == [1, 3, 4]
    assert numbers(grid("?suspected=blurry&sort=suspicion")) == [3, 4]
    assert numbers(grid("?suspected=none")) == [2], "nobody has looked at the last one"
    assert grid("?suspected=gone")[0] == 400


@pytest.mark.parametrize(
    "question",
    [
        "?sort=colour",
        "?state=gone",
        "?start=1",
        "?start=nan~1",
        "?start=1~-1",
        "?start=1~99999999999999999999",
        "?person=0",
        "position?number=x",
    ],
)
def test_what_makes_no_sense_is_refused(grid: Callable[..., Any], question: str) -> None:
    status, body = grid(question)
    assert (status, body["code"]) == (400, "invalid_input")


def test_a_selection_becomes_batches(grid: Callable[..., Any], images: list[Image]) -> None:
    given = {"numbers": [2, 4, 5], "seen": 3, "size": 2}
    assert grid("cut", given) == (200, {"batches": [1, 2], "images": 3})
    assert Batch.objects.get(number=2).items.get().image.number == 5
    assert numbers(grid("?state=new")) == [1, 3]
    assert numbers(grid("?state=wanted")) == [2, 4, 5]
    status, body = grid("cut", given)
    assert (status, body["code"]) == (409, "nothing_to_cut")


def test_all_that_are_listed_are_rejected(grid: Callable[..., Any], images: list[Image]) -> None:
    given = {"all": True, "numbers": [1], "faces": "one", "seen": 3, "because": "duplicate"}
    assert grid("reject", given | {"seen": 4})[1]["code"] == "selection_changed"
    assert not Ruling.objects.exists()
    assert grid("reject", given) == (200, {"images": 3})
    assert numbers(grid("?state=rejected")) == [2, 3, 4]
    assert numbers(grid("?reason=duplicate")) == [2, 3, 4]
    assert numbers(grid("?reason=blurry")) == []


def test_what_is_chosen_becomes_gold_and_is_found(
    grid: Callable[..., Any], images: list[Image]
) -> None:
    chosen = {"numbers": [2, 4], "seen": 2}
    blurry = {"verdict": "reject", "reasons": ["drawn", "blurry"], "note": "没对上焦"}
    taken = {"images": 2, "left_out": []}
    assert grid("mark-gold", chosen | {"verdict": "reject"})[1]["code"] == "reason_required"
    assert grid("mark-gold", chosen | {"verdict": "unsure"})[0] == 400
    assert grid("mark-gold", chosen | {"seen": 3, **blurry})[1]["code"] == "selection_changed"
    assert numbers(grid("?gold=yes")) == []
    assert grid("mark-gold", chosen | blurry) == (200, taken)
    assert grid("mark-gold", {"numbers": [5], "seen": 1, "verdict": "keep"})[0] == 200
    assert numbers(grid("?gold=yes")) == [2, 4, 5]
    assert numbers(grid("?gold=no")) == [1, 3]
    assert grid("places?gold=yes&sort=yaw")[1]["total"] == 3
    shown = [image["gold"] for image in grid()[1]["images"]]
    assert shown == [
        None,
        {"verdict": "reject", "reasons": ["blurry", "drawn"]},
        None,
        {"verdict": "reject", "reasons": ["blurry", "drawn"]},
        {"verdict": "keep", "reasons": []},
    ]
    assert grid("unmark-gold", {"all": True, "numbers": [5], "gold": "yes", "seen": 2})[1] == taken
    assert numbers(grid("?gold=yes")) == [5]


def test_what_one_is_to_judge_oneself_is_left_and_named(
    grid: Callable[..., Any], images: list[Image], subject: Subject, organiser: User
) -> None:
    (batch,) = cut_batches(
        subject=subject, size=9, actor=organiser, chosen=Image.objects.filter(number__lte=2)
    )
    hand_out(batch, organiser, by=organiser)
    given = {"all": True, "seen": 5, "verdict": "keep"}
    left_out = [{"why": "to_judge", "numbers": [1, 2]}]
    assert grid("mark-gold", given) == (200, {"images": 3, "left_out": left_out})
    assert numbers(grid("?gold=yes")) == [3, 4, 5]
    assert numbers(grid("?gold=no")) == []
    assert grid("unmark-gold", {"numbers": [1, 3], "seen": 2}) == (
        200,
        {"images": 1, "left_out": [{"why": "to_judge", "numbers": [1]}]},
    )


@pytest.mark.parametrize(
    "question", ["", "places", "?sort=yaw&state=new", "?gold=yes", "position?number=1"]
)
def test_no_more_queries_for_more_pictures(
    grid: Callable[..., Any], subject: Subject, question: str
) -> None:
    image_row(subject, 1)
    counts = []
    for number in (2, 30):
        for each in range(number, number + number // 2):
            image_row(subject, each)
        with CaptureQueriesContext(connection) as asked:
            assert grid(question)[0] == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_what_was_chosen_is_said_to_be_distinct(
    grid: Callable[..., Any], subject: Subject, images: list[Image]
) -> None:
    NearPair.objects.create(
        subject=subject, first=images[1], second=images[3], hash_bits=1, likeness=1, version=1
    )
    assert numbers(grid("?duplicates=some")) == [2, 4]
    assert numbers(grid("?sort=duplicates")) == [2, 4, 1, 3, 5]
    assert grid("distinct", {"numbers": [2]})[0] == 400
    assert grid("distinct", {"numbers": [2, 4]})[0] == 204
    assert numbers(grid("?duplicates=some")) == []
