"""The manual explains every reason, in both languages, with pictures that load."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from django.utils import translation
from django.utils.text import capfirst
from PIL import Image as Picture

from curation.batches.models import Batch
from curation.images.models import Image
from curation.manual.selectors import current_reasons, current_version
from curation.projects.models import User
from curation.subjects.models import Subject
from tests.stories.batches import cut, hand_out


@pytest.fixture
def page(volunteer: User, client: Client) -> str:
    client.force_login(volunteer)
    answer = client.get("/manual/", follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def test_it_explains_every_reason_by_the_name_on_the_desk(page: str) -> None:
    reasons = current_reasons(None)
    assert len(reasons) == 7
    for key, reason in enumerate(reasons, start=1):
        section = re.search(f'<article[^>]* id="{reason.code}">.*?</article>', page, re.DOTALL)
        assert section is not None, reason.code
        assert f"<kbd>{key}</kbd> {capfirst(reason.title)}" in section[0]
        assert "Counts:" in section[0]
        assert "Does not count:" in section[0]
        assert section[0].count("<img") == 2


def test_it_says_its_version_and_that_nobody_in_it_exists(page: str) -> None:
    assert f"Manual version {current_version(None)}" in page
    assert "Nobody in these pictures exists" in page
    assert "MIT licence" in page


def test_its_pictures_are_small_and_described(page: str) -> None:
    pictures = re.findall(r'<img src="/static/([^"]+)" alt="([^"]*)"', page)
    assert len(pictures) >= 16
    assert all(len(alt) > 10 for _path, alt in pictures), "each says what is to be seen"
    for path, _alt in pictures:
        file = finders.find(path)
        assert isinstance(file, str), path
        data = Path(file).read_bytes()
        assert len(data) <= 15 * 1024, path
        picture = Picture.open(BytesIO(data))
        assert (picture.format, picture.size) == ("WEBP", (320, 320))


@pytest.fixture
def batch(
    subject: Subject, organiser: User, volunteer: User, make_image: Callable[..., Image]
) -> Batch:
    batch = cut(subject, make_image, num=1, by=organiser)
    hand_out(batch, volunteer, by=organiser)
    return batch


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_desk_explains_the_reasons_in_the_same_words(
    volunteer: User, batch: Batch, client: Client, language: str
) -> None:
    volunteer.language = language
    volunteer.save()
    client.force_login(volunteer)
    page = html.unescape(client.get("/manual/", follow=True).content.decode())
    desk = client.get(f"/api/v1/batches/{batch.pk}/desk").json()
    with translation.override(language):
        expected = [(each.position, each.code) for each in current_reasons(None)]
        summaries = [each.summary for each in current_reasons(None)]
    at_the_desk = desk["manual"]["reasons"]
    assert [(each["number"], each["code"]) for each in at_the_desk] == expected
    assert [each["summary"] for each in at_the_desk] == summaries
    for each in at_the_desk:
        assert f"<kbd>{each['number']}</kbd> {each['title']}" in page
        assert each["definition"] in page
        assert each["exclusion"] in page
        assert bool(re.search("[\u4e00-\u9fff]", each["title"])) == (language == "zh-hans")


def test_it_is_for_those_who_are_signed_in(client: Client, db: None) -> None:
    assert client.get("/manual/").headers["Location"] == "/accounts/login/?next=/manual/"
