"""How much a batch would weigh on a device: told before it is taken along."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pytest_django import DjangoAssertNumQueries

from curation import store
from curation.batches.weight import GUESSED_BYTES, WEIGHED, weight_of
from curation.images.derived import Derived
from curation.images.models import Image
from curation.projects.models import User
from curation.subjects.models import Subject
from tests.stories.batches import cut, items_of

MakeImage = Callable[..., Image]


def copies(image: Image, num_bytes: int) -> None:
    store.put_derived(image.sha256, Derived.THUMB, b"t" * 1000)
    store.put_derived(image.sha256, Derived.PREVIEW, b"p" * (num_bytes - 1000))


def test_it_is_what_the_copies_weigh(
    subject: Subject, organiser: User, make_image: MakeImage
) -> None:
    batch = cut(subject, make_image, num=3, by=organiser)
    for item, num_bytes in zip(items_of(batch), (20_000, 30_000, 40_000), strict=True):
        copies(item.image, num_bytes)
    weight = weight_of(batch)
    assert (weight.num_pictures, weight.num_bytes) == (3, 90_000)


def test_pictures_without_copies_are_taken_for_like_the_others(
    subject: Subject, organiser: User, make_image: MakeImage
) -> None:
    batch = cut(subject, make_image, num=3, by=organiser)
    assert weight_of(batch).num_bytes == 3 * GUESSED_BYTES
    copies(items_of(batch)[1].image, 50_000)
    assert weight_of(batch).num_bytes == 150_000


@pytest.mark.parametrize("num", [1, WEIGHED * 2 + 3])
def test_the_store_is_asked_for_some_only(
    subject: Subject,
    organiser: User,
    make_image: MakeImage,
    num: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    batch = cut(subject, make_image, num=num, by=organiser)
    for item in items_of(batch)[:: max(1, num // WEIGHED)]:
        copies(item.image, 10_000)
    with django_assert_num_queries(1):
        assert weight_of(batch).num_bytes == num * 10_000
