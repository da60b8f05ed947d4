"""Portraits: from any upload to a small clean copy that only members see."""

from __future__ import annotations

import datetime as dt
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image as Picture

from curation import store
from curation.errors import NotAllowed, NotFound
from curation.projects.models import ActionLog, User
from curation.subjects.add_portrait import add_portrait
from curation.subjects.gate import ConsentMissing
from curation.subjects.models import Consent, Portrait, Subject
from curation.subjects.remove_portrait import remove_portrait
from curation.subjects.served_copy import UnusablePicture
from curation.subjects.withdraw_consent import withdraw_consent
from tests.conftest import DEMO, picture_bytes
from tests.curation.subjects.hostile import HOSTILE, SCRIPT, located_photo

ROOM = "/projects/fans/subjects/ada/"


@pytest.fixture
def portrait(subject: Subject, organiser: User) -> Portrait:
    data = (DEMO / "portraits" / "ada_1.jpg").read_bytes()
    return add_portrait(subject=subject, data=data, name="ada_1.jpg", actor=organiser)


def test_a_portrait_is_kept_small_and_as_webp(portrait: Portrait, subject: Subject) -> None:
    picture = Picture.open(BytesIO(store.get(portrait.sha256)))
    assert picture.format == "WEBP"
    assert picture.size == (720, 900), "never made larger than it came"
    assert ActionLog.objects.get(action="subject.add_portrait").target == "Ada"


def test_a_large_one_is_made_smaller(subject: Subject, organiser: User) -> None:
    data = picture_bytes(3, size=(3000, 1500), format="JPEG")
    portrait = add_portrait(subject=subject, data=data, name="big.jpg", actor=organiser)
    assert Picture.open(BytesIO(store.get(portrait.sha256))).size == (1024, 512)


def test_the_served_copy_tells_nothing_but_the_picture(subject: Subject, organiser: User) -> None:
    portrait = add_portrait(subject=subject, data=located_photo(), name="home.jpg", actor=organiser)
    served = store.get(portrait.sha256)
    picture = Picture.open(BytesIO(served))
    assert picture.size == (480, 640), "upright by its EXIF tag"
    assert not picture.getexif()
    assert SCRIPT not in served
    assert b"taken at home" not in served


def test_the_same_portrait_twice_is_one(
    portrait: Portrait, subject: Subject, organiser: User
) -> None:
    data = (DEMO / "portraits" / "ada_1.jpg").read_bytes()
    again = add_portrait(subject=subject, data=data, name="copy.jpg", actor=organiser)
    assert again == portrait
    assert ActionLog.objects.filter(action="subject.add_portrait").count() == 1


@pytest.mark.parametrize("kind", HOSTILE)
def test_what_is_no_still_picture_is_refused(
    subject: Subject, organiser: User, client: Client, kind: str
) -> None:
    with pytest.raises(UnusablePicture):
        add_portrait(subject=subject, data=HOSTILE[kind], name="x.jpg", actor=organiser)
    client.force_login(organiser)
    upload = SimpleUploadedFile("<b>脸.jpg", HOSTILE[kind], content_type="image/jpeg")
    page = client.post(f"{ROOM}settings/portraits/", {"pictures": [upload]})
    assert page.status_code == 200
    assert "&lt;b&gt;脸.jpg" in page.content.decode(), "the file is named, and harmlessly"
    assert not Portrait.objects.exists()


def test_a_file_beyond_the_limit_is_refused_unread(subject: Subject, organiser: User) -> None:
    with pytest.raises(UnusablePicture, match="larger than 20 MB"):
        add_portrait(subject=subject, data=bytes(20 * 2**20 + 1), name="x", actor=organiser)


def test_good_ones_go_in_while_a_bad_one_is_named(
    subject: Subject, organiser: User, client: Client
) -> None:
    client.force_login(organiser)
    files = [
        SimpleUploadedFile("good.png", picture_bytes(1), content_type="image/png"),
        SimpleUploadedFile("bad.png", b"no", content_type="image/png"),
        SimpleUploadedFile("fine.png", picture_bytes(2), content_type="image/png"),
    ]
    page = client.post(f"{ROOM}settings/portraits/", {"pictures": files, "caption": "短发"})
    text = page.content.decode()
    assert "2 portraits were added." in text
    assert "bad.png" in text
    assert list(subject.portraits.values_list("caption", flat=True)) == ["短发", "短发"]


def test_none_is_taken_in_without_consent(subject: Subject, organiser: User) -> None:
    Consent.objects.update(covers_curate=False)
    with pytest.raises(ConsentMissing):
        add_portrait(subject=subject, data=picture_bytes(), name="a.png", actor=organiser)
    assert not Portrait.objects.exists()


def test_volunteers_look_but_do_not_touch(
    portrait: Portrait, subject: Subject, volunteer: User, client: Client
) -> None:
    with pytest.raises(NotAllowed):
        remove_portrait(subject=subject, portrait_id=portrait.pk, actor=volunteer)
    with pytest.raises(NotAllowed):
        add_portrait(subject=subject, data=picture_bytes(), name="a.png", actor=volunteer)
    client.force_login(volunteer)
    assert client.get(f"{ROOM}settings/").status_code == 403


def test_a_removed_portrait_is_gone(
    portrait: Portrait, subject: Subject, organiser: User, client: Client
) -> None:
    client.force_login(organiser)
    assert client.post(f"{ROOM}settings/portraits/{portrait.pk}/remove/").status_code == 302
    assert client.get(f"{ROOM}portraits/{portrait.pk}.webp").status_code == 404
    assert ActionLog.objects.get(action="subject.remove_portrait").details["sha256"]
    with pytest.raises(NotFound):
        remove_portrait(subject=subject, portrait_id=portrait.pk, actor=organiser)


def test_members_get_the_bytes_for_their_own_browser_only(
    portrait: Portrait, volunteer: User, client: Client
) -> None:
    path = f"{ROOM}portraits/{portrait.pk}.webp"
    client.force_login(volunteer)
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
    path = f"{ROOM}portraits/{portrait.pk}.webp"
    assert client.get(path).headers["Location"].startswith("/accounts/login/")
    client.force_login(stranger)
    assert client.get(path).status_code == 404
    elsewhere = Subject.objects.create(project=portrait.subject.project, slug="bob", name="Bob")
    client.force_login(volunteer)
    wrong = f"/projects/fans/subjects/{elsewhere.slug}/portraits/{portrait.pk}.webp"
    assert client.get(wrong).status_code == 404


def test_a_withdrawal_hides_it_at_once_also_from_a_browser_that_knows_it(
    portrait: Portrait, admin: User, volunteer: User, client: Client
) -> None:
    path = f"{ROOM}portraits/{portrait.pk}.webp"
    client.force_login(volunteer)
    etag = client.get(path).headers["ETag"]
    withdraw_consent(consent=Consent.objects.get(), actor=admin)
    assert client.get(path, headers={"if-none-match": etag}).status_code == 404
    page = client.get("/projects/fans/").content.decode()
    assert "hidden: no consent in force" in page
    assert f"portraits/{portrait.pk}.webp" not in page


def test_an_expiry_hides_it_too(portrait: Portrait, volunteer: User, client: Client) -> None:
    yesterday = dt.datetime.now(dt.UTC).date() - dt.timedelta(days=1)
    Consent.objects.update(valid_until=yesterday, valid_from=yesterday)
    client.force_login(volunteer)
    assert client.get(f"{ROOM}portraits/{portrait.pk}.webp").status_code == 404
