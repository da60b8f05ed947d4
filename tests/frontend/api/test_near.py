"""What is nearly the same, told to whoever holds the batch: in it, and beyond it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from curation.duplicates.mark_distinct import mark_distinct
from curation.duplicates.models import DistinctPair, SaidDistinct
from curation.images.models import Image
from curation.projects.models import ActionLog, User
from curation.subjects.models import Subject
from tests.stories.batches import cut, expire, hand_out, items_of
from tests.stories.duplicates import near

MakeImage = Callable[..., Image]


def test_the_holder_sees_pairs_of_the_batch_and_twins_beyond_it(
    client: Client, subject: Subject, organiser: User, volunteer: User, make_image: MakeImage
) -> None:
    batch = cut(subject, make_image, num=3, by=organiser)
    twin = make_image()
    hand_out(batch, volunteer, by=organiser)
    one, two, three = items_of(batch)
    near(one.image, two.image)
    near(three.image, twin)
    client.force_login(volunteer)
    answer = client.get(f"/api/v1/batches/{batch.pk}/near").json()
    assert answer["pairs"] == [[one.pk, two.pk]]
    (only,) = answer["twins"]
    assert set(only) == {"item_id", "number", "thumb_url", "preview_url"}
    assert (only["item_id"], only["number"]) == (three.pk, twin.number)
    assert client.get(only["thumb_url"]).status_code == 200
    mark_distinct(subject=subject, numbers=[three.image.number, twin.number], actor=organiser)
    assert client.get(f"/api/v1/batches/{batch.pk}/near").json()["twins"] == []
    expire(batch, volunteer)
    assert client.get(f"/api/v1/batches/{batch.pk}/near").status_code == 409


@pytest.mark.parametrize("num", [2, 12])
def test_it_costs_the_same_whatever_is_near(
    client: Client,
    subject: Subject,
    organiser: User,
    volunteer: User,
    make_image: MakeImage,
    num: int,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    batch = cut(subject, make_image, num=num, by=organiser)
    hand_out(batch, volunteer, by=organiser)
    first, *others = [item.image for item in items_of(batch)]
    near(first, *others)
    near(first, *(make_image() for _ in range(num)))
    client.force_login(volunteer)
    with django_assert_max_num_queries(10):
        assert client.get(f"/api/v1/batches/{batch.pk}/near").status_code == 200


def test_a_volunteer_who_says_that_pictures_are_distinct_is_not_asked_again_others_are(
    client: Client, subject: Subject, organiser: User, volunteer: User, make_image: MakeImage
) -> None:
    batch = cut(subject, make_image, num=3, by=organiser)
    hand_out(batch, volunteer, by=organiser)
    hand_out(batch, organiser, by=organiser)
    one, two, three = items_of(batch)
    near(one.image, two.image, three.image)
    client.force_login(volunteer)
    address = f"/api/v1/batches/{batch.pk}"
    body = {"pairs": [f"{two.pk}-{one.pk}"]}
    for _again in range(2):
        answer = client.post(f"{address}/distinct", body, content_type="application/json")
        assert answer.status_code == 204
    assert client.get(f"{address}/near").json()["pairs"] == [[one.pk, three.pk]]
    said = SaidDistinct.objects.get()
    assert (said.volunteer, said.first, said.second) == (volunteer, one.image, two.image)
    assert not DistinctPair.objects.exists()
    assert ActionLog.objects.filter(action="batch.say_distinct").count() == 1
    for named, status in ((f"{one.pk}-{three.pk + 99}", 404), (f"{one.pk}-{one.pk}", 400)):
        wrong = {"pairs": [f"{one.pk}-{two.pk}", named]}
        answer = client.post(f"{address}/distinct", wrong, content_type="application/json")
        assert answer.status_code == status
    client.force_login(organiser)
    assert len(client.get(f"{address}/near").json()["pairs"]) == 2


def test_what_a_volunteer_said_to_be_distinct_they_can_take_back_and_nobody_elses_word(
    client: Client, subject: Subject, organiser: User, volunteer: User, make_image: MakeImage
) -> None:
    batch = cut(subject, make_image, num=3, by=organiser)
    hand_out(batch, volunteer, by=organiser)
    hand_out(batch, organiser, by=organiser)
    one, two, three = items_of(batch)
    near(one.image, two.image, three.image)
    address = f"/api/v1/batches/{batch.pk}"
    body = {"pairs": [f"{one.pk}-{two.pk}", f"{three.pk}-{one.pk}"]}
    for person in (organiser, volunteer):
        client.force_login(person)
        client.post(f"{address}/distinct", body, content_type="application/json")
    assert client.get(f"{address}/near").json()["pairs"] == []
    for _again in range(2):
        answer = client.delete(f"{address}/distinct?pairs={two.pk}-{one.pk}")
        assert answer.status_code == 204
    assert client.get(f"{address}/near").json()["pairs"] == [[one.pk, two.pk]]
    assert SaidDistinct.objects.filter(volunteer=volunteer).count() == 1
    assert SaidDistinct.objects.filter(volunteer=organiser).count() == 2
    taken = ActionLog.objects.get(action="batch.take_back_distinct")
    assert (taken.actor, taken.details["images"]) == (
        volunteer,
        [one.image.number, two.image.number],
    )


def test_what_is_taken_back_is_all_that_was_said_and_nothing_that_was_said_before(
    client: Client, subject: Subject, organiser: User, volunteer: User, make_image: MakeImage
) -> None:
    """One is near both others, which are not near each other: of those nothing is said."""
    batch = cut(subject, make_image, num=4, by=organiser)
    hand_out(batch, volunteer, by=organiser)
    one, two, three, four = items_of(batch)
    near(one.image, two.image, three.image, four.image)
    client.force_login(volunteer)
    address = f"/api/v1/batches/{batch.pk}"

    def say(*pairs: str) -> None:
        client.post(f"{address}/distinct", {"pairs": pairs}, content_type="application/json")

    say(f"{one.pk}-{four.pk}")
    group = (f"{one.pk}-{two.pk}", f"{three.pk}-{one.pk}")
    say(*group)
    assert client.get(f"{address}/near").json()["pairs"] == []
    asked = "&".join(f"pairs={pair}" for pair in group)
    assert client.delete(f"{address}/distinct?{asked}").status_code == 204
    left = SaidDistinct.objects.get()
    assert (left.first, left.second) == (one.image, four.image)


@pytest.mark.parametrize(
    ("named", "status"),
    [
        *[("", 400), ("pairs=1", 400), ("pairs=1-x", 400), ("pairs=7-7", 400)],
        *[("items=1&items=2", 400), ("pairs=999998-999999", 404)],
    ],
)
def test_only_pictures_on_ones_own_desk_can_be_taken_back(
    client: Client,
    subject: Subject,
    organiser: User,
    volunteer: User,
    make_image: MakeImage,
    named: str,
    status: int,
) -> None:
    batch = cut(subject, make_image, num=3, by=organiser)
    hand_out(batch, volunteer, by=organiser)
    client.force_login(volunteer)
    answer = client.delete(f"/api/v1/batches/{batch.pk}/distinct?{named}")
    assert answer.status_code == status
