"""An address of a picture opens without a query, for one browser, until something is taken away."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from curation import store
from curation.accounts.make_reset_link import make_reset_link
from curation.accounts.reset_password import reset_password
from curation.errors import NotAllowed
from curation.images.derived import Derived
from curation.images.models import Image
from curation.projects.edit_project import edit_project
from curation.projects.models import User
from curation.subjects.models import Portrait, Subject
from curation.subjects.picture_epoch import EPOCHS
from curation.subjects.withdraw_consent import withdraw_consent
from frontend.pictures.addresses import STEP_SECONDS, PictureAddresses
from frontend.pictures.middleware import PictureMiddleware
from frontend.pictures.token import Shown, Token, seal, unseal
from tests.conftest import make_member
from tests.stories.pictures import addresses_on, cookie_of, old_address, says

IMAGES = "/projects/fans/subjects/ada/images/"


@pytest.fixture
def browser(client: Client, organiser: User, make_image: Callable[..., Image]) -> Client:
    """The organiser's, on a page with two pictures whose copies were made."""
    for image in (make_image(), make_image()):
        for kind in ("thumb.webp", "preview.webp"):
            store.put_derived(image.sha256, kind, b"RIFF " + kind.encode())
    client.force_login(organiser)
    return client


def pictures_of(browser: Client) -> list[str]:
    grid = browser.get(IMAGES).content.decode()
    one = browser.get(f"{IMAGES}1/").content.decode()
    return addresses_on(grid) + addresses_on(one)


@contextmanager
def believed_for_an_hour(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Only the doorbell tells that something was taken away."""
    monkeypatch.setattr("curation.subjects.picture_epoch.REFRESH_SECONDS", 3600.0)
    EPOCHS.forget()
    yield
    EPOCHS.forget()


# What it costs


def test_a_picture_costs_no_query_whole_or_unchanged(
    browser: Client, portrait: Portrait, monkeypatch: pytest.MonkeyPatch
) -> None:
    addresses = pictures_of(browser)
    addresses += addresses_on(browser.get("/projects/fans/").content.decode())
    assert len(addresses) == 4, "two small ones, a large one, a face"
    with believed_for_an_hour(monkeypatch):
        browser.get(addresses[0])  # the process learns how things stand
        for address in addresses:
            with CaptureQueriesContext(connection) as queries:
                whole = browser.get(address)
                etag = whole.headers["ETag"]
                unchanged = browser.get(address, headers={"If-None-Match": etag})
            assert (whole.status_code, unchanged.status_code) == (200, 304)
            assert len(queries) == 0


def test_nothing_of_a_page_is_done_for_it(browser: Client) -> None:
    """Neither session nor person nor language is asked for; only headers for safety are set."""
    position = settings.MIDDLEWARE.index("frontend.pictures.middleware.PictureMiddleware")
    before = settings.MIDDLEWARE[:position]
    assert before == ["django.middleware.security.SecurityMiddleware"]
    answer = browser.get(pictures_of(browser)[0])
    assert not answer.cookies
    assert "Content-Language" not in answer.headers
    assert answer.headers["Referrer-Policy"] == "same-origin"


def test_all_other_addresses_pass_by(browser: Client) -> None:
    passed = []
    middleware = PictureMiddleware(lambda request: passed.append(request.path))  # type: ignore[arg-type, return-value]
    address = pictures_of(browser)[0]
    for request in (RequestFactory().get("/"), RequestFactory().post(address)):
        middleware(request)
    assert passed == ["/", address]


# Whose it is


def test_in_another_browser_it_opens_nothing(browser: Client, organiser: User) -> None:
    address = pictures_of(browser)[0]
    assert browser.get(address).status_code == 200
    nobody, same_person, somebody = Client(), Client(), Client()
    same_person.force_login(organiser)
    somebody.force_login(User.objects.get(username="anna"))
    assert nobody.get(address).status_code == 302
    assert same_person.get(address).status_code == 404
    assert somebody.get(address).status_code == 404


def test_with_one_letter_changed_it_opens_nothing(browser: Client) -> None:
    address = pictures_of(browser)[0]
    start, end = len("/pictures/"), address.rindex("/")
    for position in range(start, end - 1):  # of the last letter some bits mean nothing
        other = "A" if address[position] != "A" else "B"
        changed = address[:position] + other + address[position + 1 :]
        assert browser.get(changed).status_code == 404, position


@pytest.mark.parametrize("token", ["", "x", "A" * 92, "é" * 40, "%00", "A" * 5000, "====", "../.."])
def test_nonsense_is_not_found(browser: Client, token: str) -> None:
    assert browser.get(f"/pictures/{token}/thumb.webp").status_code in {400, 404}


def test_who_signed_out_or_has_a_new_password_is_asked_again(
    browser: Client, organiser: User, django_user_model: type[User]
) -> None:
    address = pictures_of(browser)[0]
    stolen = Client()
    stolen.cookies[settings.SESSION_COOKIE_NAME] = cookie_of(browser)
    assert stolen.get(address).status_code == 200
    browser.post("/accounts/logout/")
    assert stolen.get(address).status_code == 302

    browser.force_login(organiser)
    address = pictures_of(browser)[0]
    stolen.cookies[settings.SESSION_COOKIE_NAME] = cookie_of(browser)
    assert stolen.get(address).status_code == 200

    token = make_reset_link(person=organiser, actor=None)
    reset_password(token=token, password="slow winnowing")
    assert stolen.get(address).status_code == 302


# How long


def test_within_a_step_it_stays_the_same_and_later_it_is_checked_in_full(
    browser: Client, subject: Subject, admin: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    address, *rest = pictures_of(browser)
    assert [address, *rest] == pictures_of(browser), "or the browser would keep none"
    old = old_address(browser, subject, says(browser, address).sha256)
    with CaptureQueriesContext(connection) as queries:
        assert browser.get(old).status_code == 200, "an old page goes on showing"
    assert len(queries) > 0
    withdraw_consent(consent=subject.consents.get(), actor=admin)
    assert browser.get(old).status_code == 404


@pytest.mark.parametrize("zone", ["UTC", "Asia/Shanghai", "Pacific/Kiritimati", "America/New_York"])
@pytest.mark.parametrize("minute", range(0, 24 * 60, 97))
def test_it_outlives_neither_the_day_nor_the_lease(
    subject: Subject, organiser: User, zone: str, minute: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = dt.datetime(2026, 11, 1, tzinfo=dt.UTC) + dt.timedelta(minutes=minute, seconds=7)
    monkeypatch.setattr(timezone, "now", lambda: now)
    subject.project.time_zone = zone
    request = RequestFactory().get("/")
    request.COOKIES[settings.SESSION_COOKIE_NAME] = "otto's"

    def expires(until: dt.datetime | None) -> dt.datetime:
        addresses = PictureAddresses(request, organiser, subject, until=until)
        token = unseal(addresses.face("00" * 32).split("/")[2], "otto's")
        assert token
        return dt.datetime.fromtimestamp(token.expires, tz=ZoneInfo(zone))

    first, last = now.astimezone(ZoneInfo(zone)), expires(None) - dt.timedelta(microseconds=1)
    assert first.date() == last.date()
    assert now < expires(None) <= now + dt.timedelta(seconds=2 * STEP_SECONDS)
    lease = now + dt.timedelta(seconds=40)
    assert expires(lease) <= lease


def test_another_time_zone_moves_the_midnight(
    browser: Client, subject: Subject, admin: User
) -> None:
    address = pictures_of(browser)[0]
    assert says(browser, address).person_epoch == 0
    edit_project(project=subject.project, name="Fans", time_zone="Asia/Shanghai", actor=admin)
    with CaptureQueriesContext(connection) as queries:
        assert browser.get(address).status_code == 200
    assert len(queries) > 1, "checked in full"


# What is taken away


def test_a_page_that_was_read_before_a_withdrawal_gives_no_address_that_opens(
    browser: Client, subject: Subject, organiser: User, admin: User
) -> None:
    """It passed its check, and the withdrawal came before it was put together."""
    as_read = Subject.objects.select_related("project").get(pk=subject.pk)
    withdraw_consent(consent=subject.consents.get(), actor=admin)
    request = RequestFactory().get("/")
    request.COOKIES[settings.SESSION_COOKIE_NAME] = cookie_of(browser)
    addresses = PictureAddresses(request, organiser, as_read)
    image = Image.objects.all()[0]

    assert browser.get(addresses.picture(image.sha256, Derived.THUMB)).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_the_doorbell_tells_this_process_at_once(
    browser: Client, subject: Subject, admin: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = pictures_of(browser)[0]
    with believed_for_an_hour(monkeypatch):
        assert browser.get(address).status_code == 200
        withdraw_consent(consent=subject.consents.get(), actor=admin)
        assert browser.get(address).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_a_withdrawal_that_is_rolled_back_ends_nothing(
    browser: Client, subject: Subject, volunteer: User, monkeypatch: pytest.MonkeyPatch
) -> None:

    address = pictures_of(browser)[0]
    with believed_for_an_hour(monkeypatch):
        browser.get(address)
        with pytest.raises(NotAllowed):
            withdraw_consent(consent=subject.consents.get(), actor=volunteer)
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(address).status_code == 200
    assert len(queries) == 0


# The seal


TOKEN = Token(Shown.PICTURE, 2**32 - 1, 7, 3, 4, 1_800_000_000, "0f" * 32)


def test_what_is_sealed_is_unsealed() -> None:
    assert unseal(seal(TOKEN, "cookie"), "cookie") == TOKEN
    assert unseal(seal(TOKEN, "cookie"), "other") is None


def test_it_opens_under_an_earlier_secret_key_that_is_still_believed(settings: object) -> None:
    sealed = seal(TOKEN, "cookie")
    before, settings.SECRET_KEY = settings.SECRET_KEY, "new" * 20  # type: ignore[attr-defined]
    assert unseal(sealed, "cookie") is None
    settings.SECRET_KEY_FALLBACKS = [before]  # type: ignore[attr-defined]
    assert unseal(sealed, "cookie") == TOKEN


def test_others_of_the_project_have_other_addresses(browser: Client, subject: Subject) -> None:
    oskar = make_member(subject.project, "oskar", "organiser")  # type: ignore[arg-type]
    theirs = Client()
    theirs.force_login(oskar)
    assert not set(pictures_of(browser)) & set(pictures_of(theirs))
