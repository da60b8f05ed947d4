"""The manual explains every reason, in both languages, with pictures that load."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from django.utils.text import capfirst
from PIL import Image as Picture

from curation.manual.reasons import MANUAL_VERSION, Reason, join_reasons, split_reasons
from curation.projects.models import User


@pytest.fixture
def page(volunteer: User, client: Client) -> str:
    client.force_login(volunteer)
    answer = client.get("/manual/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_it_explains_every_reason_by_the_name_on_the_desk(page: str) -> None:
    for key, reason in enumerate(Reason, start=1):
        section = re.search(f'<article[^>]* id="{reason.value}">.*?</article>', page, re.DOTALL)
        assert section is not None, reason
        assert f"<kbd>{key}</kbd> {capfirst(reason.label)}" in section[0]
        assert "Counts:" in section[0]
        assert "Does not count:" in section[0]
        assert section[0].count("<img") == 2


def test_it_says_its_version_and_that_nobody_in_it_exists(page: str) -> None:
    assert f"Manual version {MANUAL_VERSION}" in page
    assert "Nobody in these pictures exists" in page
    assert "MIT licence" in page


def test_its_pictures_are_small_and_described(page: str) -> None:
    pictures = re.findall(r'<img src="/static/([^"]+)" alt="([^"]*)"', page)
    assert len(pictures) >= 16
    assert all(len(alt) > 10 for _path, alt in pictures), "each says what is to be seen"
    for path, _alt in pictures:
        found = finders.find(path)
        assert isinstance(found, str), path
        data = Path(found).read_bytes()
        assert len(data) <= 15 * 1024, path
        picture = Picture.open(BytesIO(data))
        assert (picture.format, picture.size) == ("WEBP", (320, 320))


def test_it_is_for_those_who_are_signed_in(client: Client, db: None) -> None:
    assert client.get("/manual/").headers["Location"] == "/accounts/login/?next=/manual/"


def test_reasons_are_stored_once_and_in_order() -> None:
    given = [Reason.REPHOTO, Reason.BLURRY, Reason.BLURRY]
    assert join_reasons(given) == "blurry,rephoto"
    assert split_reasons("blurry,rephoto") == [Reason.BLURRY, Reason.REPHOTO]
    assert split_reasons("") == []
