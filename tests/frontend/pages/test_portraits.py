"""Portraits and pictures of look-alikes: served to members while consent is in force."""

from __future__ import annotations

import datetime as dt

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from curation import store
from curation.projects.models import User
from curation.subjects.add_look_alike import add_look_alike
from curation.subjects.models import Consent, LookAlike, Portrait, Subject
from curation.subjects.remove_look_alike import remove_look_alike
from curation.subjects.withdraw_consent import withdraw_consent
from frontend.pictures.token import Shown
from tests.conftest import DEMO, make_consent
from tests.stories.pictures import addresses_on, old_address

ROOM = "/projects/fans/subjects/ada/"


def face_on(client: Client, page: str = "/projects/fans/") -> str:
    """Where a page has its one face from."""
    (address,) = addresses_on(client.get(page).content.decode())
    return address


def test_a_removed_portrait_is_served_no_more(
    portrait: Portrait, organiser: User, client: Client
) -> None:
    client.force_login(organiser)
    path = face_on(client)
    assert client.get(path).status_code == 200
    assert client.post(f"{ROOM}settings/portraits/{portrait.pk}/remove/").status_code == 302
    assert client.get(path).status_code == 404
    assert not Portrait.objects.exists()


def test_members_get_the_bytes_for_their_own_browser_only(
    portrait: Portrait, volunteer: User, client: Client
) -> None:
    client.force_login(volunteer)
    old = old_address(client, portrait.subject, portrait.sha256, Shown.FACE)
    for path in (face_on(client), old):
        served = client.get(path)
        assert served.headers["Content-Type"] == "image/webp"
        assert served.headers["Cache-Control"] == "private, no-cache"
        assert served.headers["X-Content-Type-Options"] == "nosniff"
        assert served.getvalue() == store.get(portrait.sha256)
        again = client.get(path, headers={"if-none-match": served.headers["ETag"]})
        assert again.status_code == 304
        assert again.content == b""


def test_others_do_not(
    portrait: Portrait, stranger: User, admin: User, volunteer: User, client: Client
) -> None:
    login = client.get("/pictures/of-nobody/face.webp").headers["Location"]
    assert login.startswith("/accounts/login/")
    client.force_login(stranger)
    path = old_address(client, portrait.subject, portrait.sha256, Shown.FACE)
    assert client.get(path).status_code == 404
    elsewhere = Subject.objects.create(project=portrait.subject.project, slug="bob", name="Bob")
    make_consent(elsewhere, admin)
    client.force_login(volunteer)
    wrong = old_address(client, elsewhere, portrait.sha256, Shown.FACE)
    assert client.get(wrong).status_code == 404


def test_a_withdrawal_hides_it_at_once_also_from_a_browser_that_knows_it(
    portrait: Portrait, admin: User, volunteer: User, client: Client
) -> None:
    client.force_login(volunteer)
    path = face_on(client)
    etag = client.get(path).headers["ETag"]
    withdraw_consent(consent=Consent.objects.get(), actor=admin)
    assert client.get(path, headers={"if-none-match": etag}).status_code == 404
    page = client.get("/projects/fans/").content.decode()
    assert "hidden: no consent in force" in page
    assert addresses_on(page) == []


def test_an_expiry_hides_it_too(portrait: Portrait, volunteer: User, client: Client) -> None:
    yesterday = dt.datetime.now(dt.UTC).date() - dt.timedelta(days=1)
    Consent.objects.update(valid_until=yesterday, valid_from=yesterday)
    client.force_login(volunteer)
    path = old_address(client, portrait.subject, portrait.sha256, Shown.FACE)
    assert client.get(path).status_code == 404


def test_a_picture_of_them_is_served_to_members(
    subject: Subject, organiser: User, volunteer: User, stranger: User, client: Client
) -> None:
    client.force_login(organiser)
    picture = SimpleUploadedFile("eve.jpg", (DEMO / "portraits" / "eve_1.jpg").read_bytes())
    page = client.post(
        f"{ROOM}settings/look-alikes/",
        {"name": "Eve", "how_to_tell": "No moles.", "picture": picture},
    )
    assert page.status_code == 302
    eve = LookAlike.objects.get()
    path = face_on(client, f"{ROOM}settings/")
    assert client.get(path).headers["Content-Type"] == "image/webp"

    def status_for(person: User) -> int:
        client.force_login(person)
        return client.get(old_address(client, subject, eve.sha256, Shown.FACE)).status_code

    assert status_for(volunteer) == 200
    assert status_for(stranger) == 404
    Consent.objects.all().delete()
    assert status_for(volunteer) == 404


def test_one_that_is_no_longer_warned_of_is_shown_no_more(
    subject: Subject, organiser: User, client: Client
) -> None:
    picture = (DEMO / "portraits" / "eve_1.jpg").read_bytes()
    eve = add_look_alike(
        subject=subject,
        name="Eve",
        how_to_tell="No moles.",
        data=picture,
        file_name="e.jpg",
        actor=organiser,
    )
    client.force_login(organiser)
    path = face_on(client, f"{ROOM}settings/")
    assert client.get(path).status_code == 200
    remove_look_alike(subject=subject, look_alike_id=eve.pk, actor=organiser)
    assert client.get(path).status_code == 404


def test_one_without_a_picture_has_no_address(
    subject: Subject, organiser: User, client: Client
) -> None:
    add_look_alike(subject=subject, name="Eve", how_to_tell="No moles.", actor=organiser)
    client.force_login(organiser)
    page = client.get(f"{ROOM}settings/").content.decode()
    assert "Eve" in page
    assert addresses_on(page) == []
