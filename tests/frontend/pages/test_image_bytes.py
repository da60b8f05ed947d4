"""Bytes of pictures leave the site only to those who may see them, small and bare."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import pytest
from django.test import Client
from django.utils import timezone
from PIL import Image as Picture

from curation import store
from curation.images.derived import Derived
from curation.images.models import Image
from curation.projects.models import User
from curation.subjects.models import Subject

MakeImage = Callable[..., Image]
THUMB = "/projects/fans/subjects/ada/images/1/thumb.webp"
PREVIEW = "/projects/fans/subjects/ada/images/1/preview.webp"


@pytest.fixture
def image(make_image: MakeImage) -> Image:
    return make_image()


@pytest.fixture
def signed_in(client: Client, organiser: User, image: Image) -> Client:
    client.force_login(organiser)
    return client


@pytest.mark.parametrize("url", [THUMB, PREVIEW])
def test_an_organiser_sees_a_copy_before_anybody_analysed_it(
    signed_in: Client, image: Image, url: str
) -> None:
    answer = signed_in.get(url)
    assert answer.status_code == 200
    assert Picture.open(BytesIO(answer.content)).size == (48, 40), "small ones are not enlarged"
    assert answer.headers["Content-Type"] == "image/webp"
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    with store.open_derived(image.sha256, url.rsplit("/", 1)[-1]) as kept:
        assert kept.read() == answer.content, "made once, kept for the next"


def test_an_unchanged_picture_is_not_sent_again(signed_in: Client) -> None:
    etag = signed_in.get(THUMB).headers["ETag"]
    answer = signed_in.get(THUMB, headers={"If-None-Match": etag})
    assert (answer.status_code, answer.content) == (304, b"")
    assert signed_in.get(PREVIEW).headers["ETag"] != etag


def test_a_withdrawal_hides_pictures_at_once_even_known_ones(
    signed_in: Client, subject: Subject, admin: User
) -> None:
    etag = signed_in.get(THUMB).headers["ETag"]
    subject.consents.update(withdrawn_at=timezone.now(), withdrawn_by=admin)
    assert signed_in.get(THUMB).status_code == 404
    assert signed_in.get(THUMB, headers={"If-None-Match": etag}).status_code == 404


def test_a_purged_picture_is_gone(signed_in: Client, image: Image) -> None:
    Image.objects.update(purged_at=timezone.now())
    assert signed_in.get(THUMB).status_code == 404


def test_lost_bytes_are_a_missing_page_not_a_crash(signed_in: Client) -> None:
    Image.objects.update(sha256="0" * 64)
    assert signed_in.get(THUMB).status_code == 404


@pytest.mark.parametrize("url", [THUMB, PREVIEW])
def test_volunteers_and_strangers_see_no_bytes_here(
    client: Client, image: Image, volunteer: User, stranger: User, url: str
) -> None:
    assert client.get(url).status_code == 302
    client.force_login(volunteer)
    assert client.get(url).status_code == 403
    client.force_login(stranger)
    assert client.get(url).status_code == 404


def test_kinds_are_named_alike_in_address_and_store() -> None:
    assert {THUMB.rsplit("/", 1)[-1], PREVIEW.rsplit("/", 1)[-1]} == set(Derived)
