"""Practice: gold that is known to be gold, answered at once with right or wrong and why."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client

from curation.batches.models import Batch
from curation.gold.models import GoldAnswer, GoldItem, Kind
from curation.gold.selectors import accuracy_of
from curation.images.models import Image
from curation.manual.reasons import Reason
from curation.projects.models import User
from curation.subjects.models import Subject
from curation.votes.models import Vote
from frontend.addresses import address
from tests.stories.batches import KEEP, REJECT, cut, hand_out
from tests.stories.gold import gold
from tests.stories.pictures import addresses_on

MakeImage = Callable[..., Image]


@pytest.fixture
def batch(
    subject: Subject, organiser: User, admin: User, volunteer: User, make_image: MakeImage
) -> Batch:
    """Gold for two reasons and six to keep, beside a batch of twelve pictures."""
    batch = cut(subject, make_image, num=12, by=organiser)
    gold(make_image(of=subject), REJECT, Reason.DRAWN, note="see the brush", by=admin)
    gold(make_image(of=subject), REJECT, Reason.BLURRY, note="no eye is sharp", by=admin)
    for _ in range(6):
        gold(make_image(of=subject), KEEP, note="this is she", by=admin)
    hand_out(batch, volunteer, by=organiser)
    return batch


@pytest.fixture
def browser(client: Client, volunteer: User) -> Client:
    client.force_login(volunteer)
    return client


def answer(browser: Client, batch: Batch, said: str, **changed: str) -> str:
    """What the page says once the picture that it shows was answered."""
    page = browser.get(address("practice", batch)).content.decode()
    names = ("person", "item", "client_key")
    given = {
        name: re.search(rf'name="{name}" value="([^"]+)"', page)[1]  # type: ignore[index]
        for name in names
    }
    url = address("practice", batch)
    return browser.post(url, {**given, "said": said, **changed}).content.decode()


def test_a_newcomer_practises_first_and_then_judges(
    browser: Client, batch: Batch, volunteer: User
) -> None:
    assert browser.get(address("desk", batch))["Location"] == address("practice", batch)
    items = {each.pk: each for each in GoldItem.objects.all()}
    assert not items, "asking plans nothing"
    rights = 0
    for _ in range(4):
        page = browser.get(address("practice", batch)).content.decode()
        assert len(addresses_on(page)) == 1
        assert not re.search("see the brush|no eye is sharp|this is she", page), "not before"
        said = answer(browser, batch, "drawn")
        is_right = "Right." in said
        assert is_right == ("see the brush" in said)
        assert is_right or "Not quite." in said
        rights += is_right
    assert rights == 1
    done = browser.get(address("practice", batch)).content.decode()
    assert "You have practised on 4 pictures and were right on 1." in done
    told = accuracy_of(volunteer, batch.subject.project, kinds=[Kind.PRACTICE])
    assert {key: (each.asked, each.right) for key, each in told.items()} == {
        "keep": (2, 0),
        "blurry": (1, 0),
        "drawn": (1, 1),
    }
    assert browser.get(address("desk", batch)).status_code == 200
    hidden = GoldItem.objects.filter(kind=Kind.HIDDEN).values_list("image", flat=True)
    practised = GoldItem.objects.filter(kind=Kind.PRACTICE).values_list("image", flat=True)
    assert hidden
    assert not set(hidden) & set(practised)
    assert Vote.objects.count() == 0


def test_who_was_wrong_sees_the_manuals_pictures_of_what_would_have_been_right(
    browser: Client, batch: Batch
) -> None:
    examples = re.compile(r'<article class="card reason" id="(\w+)">')
    for _ in range(4):
        said = answer(browser, batch, "rephoto")
        [reason] = examples.findall(said)
        if "This picture is to be kept." in said:
            assert reason == "rephoto", "what does not count as it"
            assert said.count("example example--keep") >= 3
        else:
            assert reason in {"drawn", "blurry"}
            assert "example example--reject" in said


def test_who_was_right_goes_on_without_them(browser: Client, batch: Batch) -> None:
    rights = [said for _ in range(4) if "Right." in (said := answer(browser, batch, "keep"))]
    assert len(rights) == 2
    assert not any("example example--" in said for said in rights)


def test_it_can_be_skipped_and_come_back_to(browser: Client, batch: Batch) -> None:
    assert browser.get(address("practice", batch)).status_code == 200
    assert browser.get(address("desk", batch)).status_code == 302
    assert browser.get(address("desk", batch) + "?begin=1").status_code == 200
    assert browser.get(address("desk", batch)).status_code == 200, "it does not ask again"
    assert "The picture to practise on" in browser.get(address("practice", batch)).content.decode()


def test_the_first_answer_stays_and_an_odd_one_is_none(browser: Client, batch: Batch) -> None:
    page = answer(browser, batch, "keep")
    item = GoldItem.objects.get(image=GoldAnswer.objects.get().image)
    again = {"said": "drawn", "item": str(item.pk)}
    assert ("Right." in answer(browser, batch, **again)) == ("Right." in page)
    assert GoldAnswer.objects.get().verdict == "keep"
    for odd in ({"said": "lovely"}, {"said": "keep", "item": "x"}):
        answer(browser, batch, **odd)
    assert GoldAnswer.objects.count() == 1


def test_hidden_gold_is_no_practice_nor_the_other_way_round(browser: Client, batch: Batch) -> None:
    browser.get(address("practice", batch))
    browser.get(address("desk", batch) + "?begin=1")
    hidden = GoldItem.objects.filter(kind=Kind.HIDDEN)[0]
    practised = GoldItem.objects.filter(kind=Kind.PRACTICE)[0]
    given = {"said": "keep", "item": hidden.pk, "client_key": "0" * 32}
    assert browser.post(address("practice", batch), given).status_code == 404
    body = {"verdict": "keep", "client_key": "0" * 32}
    vote = f"/api/v1/items/{practised.pk}/vote"
    assert browser.put(vote, body, content_type="application/json").status_code == 404
    assert GoldAnswer.objects.count() == 0


def test_without_gold_and_for_organisers_there_is_none(
    client: Client, batch: Batch, organiser: User, make_image: MakeImage, subject: Subject
) -> None:
    hand_out(batch, organiser, by=organiser)
    client.force_login(organiser)
    assert client.get(address("desk", batch)).status_code == 200
    page = client.get(address("practice", batch)).content.decode()
    assert "There are no pictures to practise on here yet." in page
    assert not addresses_on(page)
