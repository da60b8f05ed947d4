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
from curation.subjects.withdraw_consent import withdraw_consent
from tests.stories.pictures import addresses_on, old_address

MakeImage = Callable[..., Image]
IMAGES = "/projects/fans/subjects/ada/images/"


@pytest.fixture
def image(make_image: MakeImage) -> Image:
    return make_image()


@pytest.fixture
def signed_in(client: Client, organiser: User, image: Image) -> Client:
    client.force_login(organiser)
    return client


def thumb_on(signed_in: Client) -> str:
    return addresses_on(signed_in.get(IMAGES).content.decode())[0]


def preview_on(signed_in: Client) -> str:
    return addresses_on(signed_in.get(f"{IMAGES}1/").content.decode())[0]


@pytest.mark.parametrize("shown_on", [thumb_on, preview_on])
def test_an_organiser_sees_a_copy_before_anybody_analysed_it(
    signed_in: Client, image: Image, shown_on: Callable[[Client], str]
) -> None:
    address = shown_on(signed_in)
    for _ in ("made now", "kept from then"):
        answer = signed_in.get(address)
        assert answer.status_code == 200
        assert Picture.open(BytesIO(answer.content)).size == (48, 40), "small ones stay small"
        assert answer.headers["Content-Type"] == "image/webp"
        assert answer.headers["Cache-Control"] == "private, no-cache"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        with store.open_derived(image.sha256, address.rsplit("/", 1)[-1]) as kept:
            assert kept.read() == answer.content, "made once, kept for the next"


def test_an_unchanged_picture_is_not_sent_again(signed_in: Client, subject: Subject) -> None:
    known = signed_in.get(thumb_on(signed_in)).headers["ETag"]
    old = old_address(signed_in, subject, Image.objects.get().sha256)
    for address in (thumb_on(signed_in), old):
        answer = signed_in.get(address, headers={"If-None-Match": known})
        assert (answer.status_code, answer.content) == (304, b"")
    assert signed_in.get(preview_on(signed_in)).headers["ETag"] != known


def test_a_withdrawal_hides_pictures_at_once_even_known_ones(
    signed_in: Client, subject: Subject, admin: User
) -> None:
    address = thumb_on(signed_in)
    etag = signed_in.get(address).headers["ETag"]
    withdraw_consent(consent=subject.consents.get(), actor=admin)
    assert signed_in.get(address).status_code == 404
    assert signed_in.get(address, headers={"If-None-Match": etag}).status_code == 404


def test_a_purged_picture_is_gone(signed_in: Client, subject: Subject) -> None:
    address = old_address(signed_in, subject, Image.objects.get().sha256)
    Image.objects.update(purged_at=timezone.now())
    assert signed_in.get(address).status_code == 404


def test_lost_bytes_are_a_missing_page_not_a_crash(signed_in: Client) -> None:
    Image.objects.update(sha256="0" * 64)
    assert signed_in.get(thumb_on(signed_in)).status_code == 404


@pytest.mark.parametrize("file", ["thumb", "thumb.png", "face.webp", "..%2Fthumb.webp"])
def test_there_are_no_other_copies(signed_in: Client, file: str) -> None:
    address = thumb_on(signed_in).replace("thumb.webp", file)
    assert signed_in.get(address).status_code == 404


def test_volunteers_and_strangers_see_no_bytes_here(
    client: Client, image: Image, subject: Subject, volunteer: User, stranger: User
) -> None:
    for person, expected in ((volunteer, 403), (stranger, 404)):
        client.force_login(person)
        assert client.get(old_address(client, subject, image.sha256)).status_code == expected


def test_kinds_are_named_alike_in_address_and_store(signed_in: Client) -> None:
    shown = {url.rsplit("/", 1)[-1] for url in (thumb_on(signed_in), preview_on(signed_in))}
    assert shown == set(Derived)
