"""The page that brings in labels from elsewhere."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from curation.consensus.models import Ruling
from curation.images.models import Image
from curation.labels.models import SaidElsewhere
from curation.projects.models import User
from curation.subjects.models import Subject
from tests.frontend.pages.browser import num_queries

PAGE = "/projects/fans/subjects/ada/labels/"


@pytest.fixture
def as_organiser(
    client: Client, organiser: User, subject: Subject, make_image: Callable[..., Image]
) -> Client:
    for _ in range(3):
        make_image(of=subject)
    client.force_login(organiser)
    return client


def sent(client: Client, name: str, text: str, words: str = "") -> str:
    file = SimpleUploadedFile(name, text.encode())
    return client.post(PAGE, {"file": file, "words": words}).content.decode()


def test_a_table_comes_in_and_its_pictures_are_settled_by_it(as_organiser: Client) -> None:
    page = sent(as_organiser, "t.csv", "number,verdict\n1,keep\n2,reject\n3,schief\n99,keep\n")
    assert "1 to keep, 1 to reject" in page
    assert "No picture here is called so (1)" in page
    assert "schief" in page
    assert not Ruling.objects.exists()
    page = sent(
        as_organiser, "t.csv", "number,verdict\n1,keep\n2,reject\n3,schief\n", "schief = blurry"
    )
    assert "1 to keep, 2 to reject" in page
    asked = {"export": "t.csv", "reason": "covered"}
    page = as_organiser.post(f"{PAGE}settle/", asked, follow=True).content.decode()
    assert "1 kept, 2 rejected." in page
    rows = Ruling.objects.order_by("image__number").values_list("verdict", "reason_codes")
    assert list(rows) == [("keep", ""), ("reject", "covered"), ("reject", "blurry")]


@pytest.mark.parametrize(
    ("name", "text", "words", "why"),
    [
        ("t.exe", "x", "", "no .csv, .xml, .json or .zip"),
        ("t.csv", "a,b\n1,2\n", "", "its first row names no number"),
        ("t.zip", "x", "", "no zip that can be read"),
        ("t.csv", "number,verdict\n1,keep\n", "schief = crooked", "behind = stands keep"),
    ],
)
def test_what_cannot_be_read_is_said_beside_its_field(
    as_organiser: Client, name: str, text: str, words: str, why: str
) -> None:
    assert why in sent(as_organiser, name, text, words)
    assert not SaidElsewhere.objects.exists()


def test_no_reason_that_is_none_settles_anything(as_organiser: Client) -> None:
    sent(as_organiser, "t.csv", "number,verdict\n1,reject\n")
    asked = {"export": "t.csv", "reason": "ugly"}
    page = as_organiser.post(f"{PAGE}settle/", asked, follow=True).content.decode()
    assert "Choose one of the reasons." in page
    assert not Ruling.objects.exists()


def test_the_page_costs_the_same_for_many_exports(as_organiser: Client) -> None:
    sent(as_organiser, "0.csv", "number,verdict\n1,keep\n")
    few = num_queries(as_organiser, PAGE)
    for number in range(1, 20):
        sent(as_organiser, f"{number}.csv", "number,verdict\n1,keep\n")
    assert num_queries(as_organiser, PAGE) == few
