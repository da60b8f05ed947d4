"""What the machine and others think of a picture: told after one's own vote, never who."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from curation.batches.models import Batch, BatchItem
from curation.consensus.cases import case_of
from curation.consensus.models import Told
from curation.consensus.settle import settle
from curation.hints.models import Fitting, Hint
from curation.images.models import Image
from curation.jobs import JobState
from curation.manual.reasons import Reason
from curation.projects.models import Project, User
from curation.subjects.models import Subject
from curation.vision.hint_columns import Evidence, row_of
from curation.vision.hints import HINTS_VERSION, SUSPECTED
from curation.vision.signs import Signs
from curation.votes.models import Vote
from tests.stories.batches import KEEP, REJECT, UNSURE, crowd, cut, expire, hand_out, items_of, vote
from tests.stories.duplicates import near
from tests.stories.hints import speaking

MakeImage = Callable[..., Image]
CLEAR = Signs(blurry=-3, covered=-4, drawn=-5, rephoto=-6)


@pytest.fixture
def batch(subject: Subject, organiser: User, volunteer: User, make_image: MakeImage) -> Batch:
    batch = cut(subject, make_image, num=2, by=organiser)
    hand_out(batch, volunteer, *crowd(subject.project, 2), by=organiser)
    return batch


@pytest.fixture
def item(batch: Batch) -> BatchItem:
    return items_of(batch)[0]


@pytest.fixture
def browser(client: Client, volunteer: User) -> Client:
    client.force_login(volunteer)
    return client


@pytest.fixture
def others(batch: Batch) -> list[User]:
    return list(User.objects.filter(username__startswith="v").exclude(username="vera"))


def ask(browser: Client, item: BatchItem) -> Any:
    return browser.post(f"/api/v1/items/{item.pk}/told")


def suspect(item: BatchItem, *, has_better_copy: bool = False) -> None:
    """The machine takes the picture for a duplicate, going by a better copy."""
    Fitting.objects.update_or_create(
        subject=item.image.subject,
        defaults={
            "state": JobState.DONE,
            "version": 1,
            "hints_version": HINTS_VERSION,
            "softmax": speaking(
                duplicate={"better_copy": 6.0}, blurry={"looks_blurry": 6.0}, keep={}
            ).as_dict(),
        },
    )
    scores: dict[str, float] = dict.fromkeys(SUSPECTED, 0.0)
    scores["duplicate" if has_better_copy else "blurry"] = 0.9
    Hint.objects.create(
        image=item.image,
        subject=item.image.subject,
        version=1,
        row=row_of(
            Evidence((), Signs(blurry=9, covered=-4, drawn=-5, rephoto=-6), True, has_better_copy)
        )
        .astype("<f4")
        .tobytes(),
        **scores,
    )


def test_before_ones_own_vote_the_refusal_is_the_same_whatever_there_is_to_tell(
    browser: Client, item: BatchItem, others: list[User], organiser: User
) -> None:
    before = ask(browser, item)
    assert (before.status_code, before.json()["code"]) == (409, "vote_first")
    suspect(item)
    for person in others:
        vote(person, item, REJECT)
    settle(image=item.image, verdict=REJECT, reasons=[Reason.BLURRY], actor=organiser)
    after = ask(browser, item)
    assert (after.status_code, after.content) == (before.status_code, before.content)
    assert not Told.objects.exists()


def test_after_it_the_machine_speaks_in_words_and_others_once_all_are_in(
    browser: Client, item: BatchItem, others: list[User], volunteer: User
) -> None:
    suspect(item)
    vote(volunteer, item, KEEP)
    vote(others[0], item, REJECT, Reason.BLURRY)
    told = ask(browser, item).json()
    assert told["machine"]["suspects"] == "Too blurry"
    assert "It looks blurry." in told["machine"]["why"]
    assert told["decided"] is None, "a third person is asked yet"
    vote(others[1], item, REJECT, Reason.BLURRY, Reason.COVERED)
    answer = ask(browser, item)
    assert answer.json()["decided"] == {
        "outcome": "rejected",
        "ruled_for": None,
        "others": {
            "keep": 0,
            "reject": 2,
            "unsure": 0,
            "reasons": [{"code": "blurry", "count": 2}, {"code": "covered", "count": 1}],
        },
    }
    text = answer.content.decode()
    assert not any(person.username in text for person in others)


def test_a_ruling_is_told_without_the_votes_while_some_are_wanted(
    browser: Client, item: BatchItem, others: list[User], volunteer: User, organiser: User
) -> None:
    vote(volunteer, item, UNSURE)
    vote(others[0], item, KEEP)
    settle(image=item.image, verdict=REJECT, reasons=[Reason.DRAWN], actor=organiser)
    decided = ask(browser, item).json()["decided"]
    assert decided == {"outcome": "rejected", "ruled_for": ["drawn"], "others": None}


def test_a_vote_taken_back_is_none(browser: Client, item: BatchItem, volunteer: User) -> None:
    vote(volunteer, item, KEEP)
    assert ask(browser, item).status_code == 200
    Vote.objects.all().delete()
    assert ask(browser, item).status_code == 409


def test_nor_is_anything_told_without_the_lease(
    browser: Client, batch: Batch, item: BatchItem, volunteer: User
) -> None:
    vote(volunteer, item, KEEP)
    expire(batch, volunteer)
    assert ask(browser, item).json()["code"] == "lease_expired"


def test_a_better_copy_that_is_yet_to_be_judged_is_neither_named_nor_hinted_at(
    browser: Client, batch: Batch, item: BatchItem, others: list[User], volunteer: User
) -> None:
    other = items_of(batch)[1]
    suspect(item, has_better_copy=True)
    near(item.image, other.image)
    vote(volunteer, item, KEEP)
    machine = ask(browser, item).json()["machine"]
    assert machine["suspects"] != "A duplicate"
    assert "copy" not in " ".join(machine["why"])
    for person in (volunteer, others[0]):
        vote(person, other, KEEP)
    assert ask(browser, item).json()["machine"]["suspects"] != machine["suspects"]


def test_a_change_after_being_told_is_marked_for_organisers_and_what_was_said_before_is_kept(
    browser: Client,
    item: BatchItem,
    others: list[User],
    volunteer: User,
    organiser: User,
    project: Project,
) -> None:
    suspect(item)
    vote(volunteer, item, KEEP)
    ask(browser, item)
    for person in others:
        vote(person, item, REJECT)
    spoken = {
        each.vote.volunteer: each.before for each in case_of(item.image, viewer=organiser).votes
    }
    assert spoken == {volunteer: None, others[0]: None, others[1]: None}
    vote(volunteer, item, REJECT, Reason.BLURRY)
    ask(browser, item)  # a second telling leaves what was said before the first
    (changed,) = [
        each for each in case_of(item.image, viewer=organiser).votes if each.before is not None
    ]
    assert changed.vote.volunteer == volunteer
    assert changed.before
    assert changed.before.verdict == KEEP
    page = Client()
    page.force_login(organiser)
    address = f"/projects/{project.slug}/subjects/ada/contested/{item.image.number}/"
    assert (
        "Changed after seeing what the machine or others say" in page.get(address).content.decode()
    )
    vote(volunteer, item, KEEP)
    assert not any(each.before for each in case_of(item.image, viewer=organiser).votes)


def test_where_there_was_nothing_to_tell_a_change_is_a_change_of_ones_own(
    browser: Client, item: BatchItem, volunteer: User
) -> None:
    vote(volunteer, item, KEEP)
    assert ask(browser, item).json() == {"machine": None, "decided": None}
    assert not Told.objects.exists()
