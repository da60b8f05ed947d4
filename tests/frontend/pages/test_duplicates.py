"""The organiser settles groups of nearly equal pictures, and takes it back."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client

from curation.consensus.models import Ruling
from curation.duplicates.models import DistinctPair, DuplicateSearch
from curation.images.models import Image
from curation.jobs import JobState
from curation.projects.models import User
from curation.subjects.models import Subject
from tests.conftest import make_member
from tests.stories.duplicates import group_of
from tests.stories.pictures import pictures_on

MakeImage = Callable[..., Image]
ROOM = "/projects/fans/subjects/ada/"
PAGE = f"{ROOM}duplicates/"


@pytest.fixture
def signed_in(client: Client, organiser: User, subject: Subject) -> Client:
    client.force_login(organiser)
    return client


def page(client: Client, url: str = PAGE) -> str:
    answer = client.get(url)
    assert answer.status_code == 200
    return answer.content.decode()


def groups_on(shown: str) -> list[str]:
    """What the form of each group would send."""
    forms = re.findall(r"<form[^>]*data-group.*?</form>", shown, re.DOTALL)
    return [re.findall(r'name="group" value="([\d,]+)"', form)[0] for form in forms]


def send(client: Client, act: str, **given: object) -> str:
    """Presses a button; the page that follows."""
    answer = client.post(f"{PAGE}{act}/", given, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def test_pictures_stand_side_by_side_and_one_key_settles_a_group(
    signed_in: Client, make_image: MakeImage
) -> None:
    images = group_of(make_image, [0.3, 0.5, 0.4])
    group_of(make_image, [0.5, 0.4])
    shown = page(signed_in)
    assert groups_on(shown) == ["2,3,1", "4,5"]
    assert {digest for digest, _file in pictures_on(signed_in, shown)} >= {
        image.sha256 for image in images
    }
    assert re.search(r'value="2" checked', shown)

    shown = send(signed_in, "settle", group="2,3,1", best="3")
    assert groups_on(shown) == ["4,5"]
    assert set(Ruling.objects.values_list("image__number", flat=True)) == {1, 2}
    assert "2 pictures were rejected as duplicates." in shown
    sent = re.findall(r'name="rejected" value="([\d,]+)"', shown)
    assert sent[0] == "1,2"

    shown = send(signed_in, "undo", rejected=sent[0])
    assert "2 pictures are no duplicates any more." in shown
    assert groups_on(shown) == ["2,3,1", "4,5"]
    assert not Ruling.objects.exists()


def test_all_groups_of_a_page_are_settled_as_suggested(
    signed_in: Client, make_image: MakeImage
) -> None:
    group_of(make_image, [0.3, 0.5])
    group_of(make_image, [0.5, 0.4])
    shown = send(signed_in, "settle", group=groups_on(page(signed_in)))
    assert groups_on(shown) == []
    assert "No duplicates to settle" in shown
    assert set(Ruling.objects.values_list("image__number", flat=True)) == {1, 4}


def test_distinct_pictures_do_not_come_back_unless_that_is_taken_back(
    signed_in: Client, make_image: MakeImage
) -> None:
    group_of(make_image, [0.3, 0.5, 0.4])
    shown = send(signed_in, "distinct", group="2,3,1", only="1")
    assert groups_on(shown) == ["2,3"]
    shown = send(signed_in, "distinct", group="2,3")
    assert groups_on(shown) == []
    assert DistinctPair.objects.count() == 3
    assert groups_on(send(signed_in, "undo", distinct="2,3")) == ["2,3"]
    assert groups_on(send(signed_in, "undo", distinct="2,3,1", only="1")) == ["2,3,1"]


@pytest.mark.parametrize(
    ("act", "given"),
    [
        ("settle", {}),
        ("settle", {"group": "1,x"}),
        ("settle", {"group": "1"}),
        ("settle", {"group": "1,2", "best": "3"}),
        ("settle", {"group": "1,99999999999999999999"}),
        ("distinct", {"group": "-1,2"}),
        ("distinct", {}),
        ("undo", {}),
    ],
)
def test_nonsense_is_answered_and_changes_nothing(
    signed_in: Client, make_image: MakeImage, act: str, given: dict[str, str]
) -> None:
    group_of(make_image, [0.3, 0.5])
    assert groups_on(send(signed_in, act, **given)) == ["2,1"]
    assert not Ruling.objects.exists()


def test_an_address_that_claims_nonsense_shows_the_page(
    signed_in: Client, make_image: MakeImage
) -> None:
    group_of(make_image, [0.3, 0.5])
    assert groups_on(page(signed_in, f"{PAGE}?rejected=x,y&distinct=²")) == ["2,1"]


def test_a_page_of_somebody_else_settles_nothing(
    signed_in: Client, make_image: MakeImage, organiser: User, admin: User
) -> None:
    group_of(make_image, [0.3, 0.5])
    for act in ("settle", "distinct", "undo"):
        answer = signed_in.post(f"{PAGE}{act}/", {"group": "2,1", "person": admin.pk})
        assert answer.status_code == 409
    assert not Ruling.objects.exists()
    assert not DistinctPair.objects.exists()


def test_it_is_offered_before_batches_are_cut(signed_in: Client, make_image: MakeImage) -> None:
    assert PAGE not in page(signed_in, ROOM)
    group_of(make_image, [0.3, 0.5])
    assert "Settle duplicates first: 1 group" in page(signed_in, ROOM)
    assert PAGE in page(signed_in, f"{ROOM}batches/")
    send(signed_in, "settle", group="2,1")
    assert PAGE not in page(signed_in, ROOM)
    signed_in.post(f"{ROOM}batches/cut/", {"size": 10})
    assert list(Image.objects.exclude(batch_item=None).values_list("number", flat=True)) == [2]


def test_a_search_that_failed_is_told_and_tried_again(
    signed_in: Client, subject: Subject, make_image: MakeImage
) -> None:
    make_image()
    DuplicateSearch.objects.create(subject=subject, state=JobState.FAILED, problem="broke")
    assert "Comparing the pictures failed" in page(signed_in)
    shown = send(signed_in, "compare")
    assert "New pictures are being compared" in shown
    assert DuplicateSearch.objects.get().state == JobState.WAITING


def test_who_judges_the_pictures_is_shown_no_group(
    client: Client, make_image: MakeImage, subject: Subject
) -> None:
    from tests.stories.batches import hand_out  # noqa: PLC0415

    olga = make_member(subject.project, "olga", "organiser")
    group_of(make_image, [0.3, 0.5])
    client.force_login(olga)
    client.post(f"{ROOM}batches/cut/", {"size": 10})
    assert groups_on(page(client)) == ["2,1"]
    hand_out(Image.objects.first().batch_item.batch, olga, by=olga)
    assert groups_on(page(client)) == []
    assert "nearly equal" not in page(client, ROOM)


@pytest.mark.parametrize("number", [2**31, 10**17, 10**30])
def test_a_number_that_no_picture_can_have_is_refused(signed_in: Client, number: int) -> None:
    for act, field in (("settle", "group"), ("distinct", "group"), ("undo", "rejected")):
        assert "These are no numbers of pictures." in send(signed_in, act, **{field: f"1,{number}"})
