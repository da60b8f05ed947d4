"""Where the proxy or the bucket can send pictures, the site only says which."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Callable, Iterator

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from moto.server import ThreadedMotoServer
from pytest_django import Settings
from storages.backends.s3 import S3Storage

from curation import store
from curation.images.models import Image
from curation.projects.models import User
from curation.subjects.models import Subject
from curation.subjects.withdraw_consent import withdraw_consent
from tests.stories.pictures import addresses_on

BYTES = b"RIFF a small copy"


def address_on(client: Client) -> str:
    return addresses_on(client.get("/projects/fans/subjects/ada/images/").content.decode())[0]


@pytest.fixture
def browser(client: Client, organiser: User) -> Client:
    client.force_login(organiser)
    return client


def test_nginx_is_told_which_file_it_sends(
    browser: Client, make_image: Callable[..., Image], settings: Settings
) -> None:
    settings.X_ACCEL_PREFIX = "/objects/"
    image = make_image()
    address = address_on(browser)
    made = browser.get(address)
    assert "X-Accel-Redirect" not in made.headers, "nobody had made the copy: here it is"
    answer = browser.get(address)
    told = answer.headers["X-Accel-Redirect"]
    assert told == f"/objects/derived/{image.sha256[:2]}/{image.sha256}/thumb.webp"
    assert default_storage.exists(told.removeprefix("/objects/"))
    assert answer.content == b""
    assert answer.headers["Content-Type"] == "image/webp"
    assert answer.headers["Cache-Control"] == "private, no-cache"


def test_a_withdrawal_ends_that_too(
    browser: Client,
    make_image: Callable[..., Image],
    subject: Subject,
    admin: User,
    settings: Settings,
) -> None:
    settings.X_ACCEL_PREFIX = "/objects/"
    store.put_derived(make_image().sha256, "thumb.webp", BYTES)
    address = address_on(browser)
    assert "X-Accel-Redirect" in browser.get(address).headers
    withdraw_consent(consent=subject.consents.get(), actor=admin)
    assert browser.get(address).status_code == 404


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[S3Storage]:
    """The site's store is a bucket of an S3 server that runs for this test."""
    server = ThreadedMotoServer(port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    storage = S3Storage(
        bucket_name="pictures", endpoint_url=f"http://{host}:{port}", region_name="us-east-1"
    )
    storage.connection.create_bucket(Bucket="pictures")
    monkeypatch.setattr(default_storage, "_wrapped", storage)
    yield storage
    server.stop()


def test_the_bucket_hands_a_picture_out_under_an_address_that_is_signed_for_a_minute(
    browser: Client,
    bucket: S3Storage,
    make_image: Callable[..., Image],
    settings: Settings,
) -> None:
    settings.S3_SIGNED_URLS = True
    store.put_derived(make_image().sha256, "thumb.webp", BYTES)
    address = address_on(browser)
    browser.get(address)
    answer = browser.get(address)
    assert answer.status_code == 302
    assert answer.headers["Cache-Control"] == "private, no-cache"
    signed = answer.headers["Location"]
    assert "Expires" in signed
    with urllib.request.urlopen(signed) as sent:
        assert sent.read() == BYTES
        assert sent.headers["Cache-Control"] == "private, no-store"


def test_without_the_setting_the_site_sends_what_the_bucket_holds(
    browser: Client, bucket: S3Storage, make_image: Callable[..., Image]
) -> None:
    store.put_derived(make_image().sha256, "thumb.webp", BYTES)
    address = address_on(browser)
    browser.get(address)
    with CaptureQueriesContext(connection):
        answer = browser.get(address)
    assert (answer.status_code, answer.content) == (200, BYTES)
