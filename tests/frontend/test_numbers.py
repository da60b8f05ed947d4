"""Whatever an address says where a number belongs, the page opens or says that it is none."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from curation.images.models import Image
from curation.projects.models import User
from curation.sources.models import ImportRun, Source, SourceKind
from curation.subjects.models import Subject
from frontend.numbers import number_in

MakeImage = Callable[..., Image]
ROOM = "/projects/fans/subjects/ada/"
NO_NUMBERS = [
    "",
    " ",
    "-1",
    "+1",
    "1.5",
    "1e9",
    "1_000",
    " 1",
    "1\n",
    "0x10",
    "²",
    "٣",
    "１",
    "三",
    "nan",
    "9" * 19,
    "9" * 5000,
    "0" * 5000,
    "1' OR '1'='1",
]
NUMBERS = ["0", "007", str(2**31 - 1), str(2**31), str(10**18 - 1)]


@pytest.mark.parametrize("text", NO_NUMBERS)
def test_only_plain_digits_are_a_number(text: str) -> None:
    assert number_in(text) is None


@given(st.integers(0, 10**18 - 1))
def test_every_key_of_a_database_is_read_as_it_was_written(number: int) -> None:
    assert number_in(str(number)) == number


@given(st.text())
def test_any_text_is_a_number_that_databases_know_or_none(text: str) -> None:
    number = number_in(text)
    assert number is None or 0 <= number < 2**63


def test_lists_open_at_whatever_an_address_says(
    client: Client, organiser: User, subject: Subject, weibo: Source, make_image: MakeImage
) -> None:
    client.force_login(organiser)
    make_image()
    run = ImportRun.objects.create(source=weibo, kind=SourceKind.FOLDER)
    for text in (*NO_NUMBERS, *NUMBERS):
        for address in (
            f"{ROOM}images/?from=",
            f"{ROOM}batches/?from=",
            f"{ROOM}imports/{run.pk}/?after=",
            f"{ROOM}duplicates/?rejected=",
            f"{ROOM}duplicates/?distinct=1,2&only=",
        ):
            assert client.get(address + quote(text)).status_code == 200, (address, text)


def test_buttons_refuse_pictures_whose_numbers_are_none(
    client: Client, organiser: User, subject: Subject
) -> None:
    client.force_login(organiser)
    for text in (*NO_NUMBERS, *NUMBERS):
        for act, sent in (
            ("settle", {"group": f"{text},2", "best": "2"}),
            ("settle", {"group": "1,2", "best": text}),
            ("distinct", {"group": f"1,{text}"}),
            ("undo", {"rejected": text}),
        ):
            answer = client.post(f"{ROOM}duplicates/{act}/", sent)
            assert answer.status_code in (302, 404), (act, sent)


def test_who_says_no_project_goes_back_to_everybody(client: Client, staff: User) -> None:
    client.force_login(staff)
    whom = User.objects.create_user("left", is_active=False)
    for text in (*NO_NUMBERS, *NUMBERS):
        answer = client.post(f"/people/{whom.pk}/reactivate/", {"project": text})
        assert (answer.status_code, answer["Location"]) == (302, "/people/"), text
