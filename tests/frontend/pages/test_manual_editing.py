"""An organiser changes the manual in the browser, and the desk and the old votes follow."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from curation.batches.models import Batch
from curation.images.models import Image
from curation.manual.models import ManualExample
from curation.manual.reasons import Reason
from curation.manual.selectors import current_reasons, current_version
from curation.projects.models import Project, User
from curation.subjects.models import Subject
from curation.subjects.withdraw_consent import withdraw_consent
from tests.conftest import picture_bytes
from tests.stories.batches import REJECT, crowd, cut, hand_out, items_of, vote
from tests.stories.pictures import addresses_on

MANUAL = "/projects/fans/manual/"


@pytest.fixture
def browser(organiser: User, client: Client) -> Client:
    client.force_login(organiser)
    return client


@pytest.fixture
def batch(
    subject: Subject, organiser: User, volunteer: User, make_image: Callable[..., Image]
) -> Batch:
    batch = cut(subject, make_image, num=2, by=organiser)
    hand_out(batch, volunteer, by=organiser)
    return batch


def change(browser: Client, reason: Reason, project: Project, **texts: str) -> str:
    """Fill in the reason's form as it is shown, but for `texts`; what the next page says."""
    form = browser.get(f"{MANUAL}edit/{reason.value}/").context["form"]
    sent = {name: form.initial[name] for name in form.fields} | texts
    answer = browser.post(f"{MANUAL}edit/{reason.value}/", sent, follow=True)
    return answer.content.decode()


def example(of: Subject, **more: Any) -> dict[str, Any]:
    """What the form of an example sends."""
    return {
        "seen": current_version(of.project),
        "subject": of.slug,
        "is_good": "reject",
        "caption_zh": "戴着口罩",
        "caption_en": "With a mask",
        **more,
    }


def test_a_changed_reason_is_read_at_the_desk_and_the_old_text_stays_to_be_read(
    browser: Client, project: Project, batch: Batch, volunteer: User
) -> None:
    assert "Saved." in change(browser, Reason.DRAWN, project, definition_en="Paint of any kind.")
    reader = Client()
    reader.force_login(volunteer)
    assert "Paint of any kind." in reader.get("/manual/", follow=True).content.decode()
    desk = reader.get(f"/api/v1/batches/{batch.pk}/desk").json()["manual"]
    assert desk["version"] == 2
    assert "Paint of any kind." in {each["definition"] for each in desk["reasons"]}
    old = reader.get(f"{MANUAL}versions/1/").content.decode()
    assert "Paint of any kind." not in old
    assert "This is an earlier version." in old
    assert reader.get(f"{MANUAL}versions/3/").status_code == 404
    assert reader.get(f"{MANUAL}edit/").status_code == 403
    listed = browser.get(f"{MANUAL}versions/").content.decode()
    assert "What counts, English" in listed
    assert "otto" in listed


def test_only_numbered_reasons_are_at_the_desk(
    browser: Client, project: Project, batch: Batch, volunteer: User
) -> None:
    order = {"seen": 1, "drawn": 9, "blurry": 2}
    browser.post(f"{MANUAL}edit/", order)
    assert [each.code for each in current_reasons(project)] == ["blurry", "drawn"]
    again = browser.post(f"{MANUAL}edit/", {"seen": 2, "drawn": 1, "blurry": 1})
    assert "each under a number of its own" in again.content.decode()
    stale = browser.post(f"{MANUAL}edit/", {"seen": 1, "drawn": 1})
    assert "Somebody else has changed the manual" in stale.content.decode()
    client = Client()
    client.force_login(volunteer)
    reasons = client.get(f"/api/v1/batches/{batch.pk}/desk").json()["manual"]["reasons"]
    assert [(each["number"], each["code"]) for each in reasons] == [(2, "blurry"), (9, "drawn")]


def test_a_picture_by_number_or_as_a_file_is_shown_until_consent_ends(
    browser: Client,
    subject: Subject,
    volunteer: User,
    admin: User,
    make_image: Callable[..., Image],
) -> None:
    image = make_image()
    url = f"{MANUAL}edit/covered/examples/"
    browser.post(url, example(subject, number=image.number))
    sent = SimpleUploadedFile("a.png", picture_bytes(9))
    browser.post(url, example(subject, picture=sent, caption_en="A hand"))
    reader = Client()
    reader.force_login(volunteer)
    page = reader.get(MANUAL).content.decode()
    own = addresses_on(page)
    assert len(own) == 2
    assert [reader.get(each).status_code for each in own] == [200, 200]
    assert "With a mask" in page
    assert "A hand" in page
    withdraw_consent(consent=subject.consents.get(), note="", actor=admin)
    assert not addresses_on(reader.get(MANUAL).content.decode())
    assert {reader.get(each).status_code for each in own} == {404}


def test_what_cannot_be_an_example_is_said_above_the_form(
    browser: Client, project: Project, batch: Batch
) -> None:
    subject = batch.subject
    url = f"{MANUAL}edit/covered/examples/"
    judged = items_of(batch)[0].image.number
    sent = SimpleUploadedFile("evil.png", b"MZ")
    for given, said in (
        ({}, "Give either the number of a picture or a file."),
        ({"number": 999}, "has no picture with this number"),
        ({"number": judged}, "is being judged"),
        ({"picture": sent}, "evil.png"),
    ):
        answer = browser.post(url, example(subject, **given))
        assert said in answer.content.decode(), given
    assert current_version(project) == 1
    row = ManualExample.objects.filter(reason__code=Reason.COVERED)[0]
    browser.post(f"{url}{row.pk}/remove/", {"seen": 1})
    assert current_version(project) == 2


def test_votes_by_an_older_text_are_counted_and_listed_in_the_grid(
    browser: Client, project: Project, batch: Batch, volunteer: User, organiser: User
) -> None:
    (second,) = crowd(project, 1)
    hand_out(batch, second, by=organiser)
    first_item, other_item = items_of(batch)
    for person in (volunteer, second):
        vote(person, first_item, REJECT, Reason.DRAWN)
    vote(volunteer, other_item, REJECT, Reason.DRAWN)
    page = browser.get(f"{MANUAL}old-text/").content.decode()
    assert "Nothing to look at again" in page
    change(browser, Reason.DRAWN, project, exclusion_zh="化妆。")
    (row,) = browser.get(f"{MANUAL}old-text/").context["rows"]
    (of_subject,) = row["subjects"]
    assert of_subject["num"] == 1, "what is still being judged is not counted"
    _path, _mark, query = of_subject["grid"].partition("?")
    grid = browser.get(f"/api/v1/projects/fans/subjects/ada/images/?{query}").json()
    assert [each["number"] for each in grid["images"]] == [first_item.image.number]
    for person in (volunteer, second):
        vote(person, first_item, REJECT, Reason.DRAWN)
    (row,) = browser.get(f"{MANUAL}old-text/").context["rows"]
    assert row["subjects"] == [], "voted on again by the new text"
