"""A subject's settings: portraits, look-alikes and the name are put right there."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from curation.projects.models import User
from curation.subjects.models import LookAlike, Portrait, Subject
from tests.conftest import picture_bytes
from tests.stories.hostile_files import HOSTILE

ROOM = "/projects/fans/subjects/ada/"


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_file_that_is_no_still_picture_is_named(
    subject: Subject, organiser: User, client: Client, kind: str
) -> None:
    client.force_login(organiser)
    upload = SimpleUploadedFile("<b>脸.jpg", HOSTILE[kind], content_type="image/jpeg")
    page = client.post(f"{ROOM}settings/portraits/", {"pictures": [upload]})
    assert page.status_code == 200
    assert "&lt;b&gt;脸.jpg" in page.content.decode(), "the file is named, and harmlessly"
    assert not Portrait.objects.exists()


def test_more_than_ten_at_once_are_refused_before_any_is_looked_at(
    subject: Subject, organiser: User, client: Client
) -> None:
    client.force_login(organiser)
    files = [SimpleUploadedFile(f"{n}.png", picture_bytes(n)) for n in range(11)]
    page = client.post(f"{ROOM}settings/portraits/", {"pictures": files})
    assert "at most 10 pictures at a time" in page.content.decode()
    assert not Portrait.objects.exists()


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


def test_the_settings_are_closed_to_volunteers(
    subject: Subject, volunteer: User, client: Client
) -> None:
    client.force_login(volunteer)
    assert client.get(f"{ROOM}settings/").status_code == 403


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_picture_is_named_and_what_was_typed_is_kept(
    subject: Subject, organiser: User, client: Client, kind: str
) -> None:
    client.force_login(organiser)
    given = {
        "name": "Eve",
        "how_to_tell": "No moles.",
        "picture": SimpleUploadedFile("eve.jpg", HOSTILE[kind]),
    }
    page = client.post(f"{ROOM}settings/look-alikes/", given)
    assert "eve.jpg" in page.content.decode()
    assert "No moles." in page.content.decode(), "what was typed is still there"
    assert not LookAlike.objects.exists()
