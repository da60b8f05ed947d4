"""An organiser looks at one picture; what they are to judge themselves tells them nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from curation.analysis.models import Analysis, Face
from curation.batches.models import Batch
from curation.batches.return_batch import return_batch
from curation.consensus.settle import settle
from curation.images.models import Image
from curation.jobs import JobState
from curation.manual.reasons import Reason
from curation.projects.models import Project, User
from curation.subjects.models import Subject
from tests.stories.batches import (
    KEEP,
    REJECT,
    UNSURE,
    crowd,
    cut,
    hand_out,
    items_of,
    vote,
)
from tests.stories.duplicates import near
from tests.stories.hints import suspect

IMAGES = "/projects/fans/subjects/ada/images/"
HINT = "yaw 12°"
NEAR = "Nearly the same picture"


@pytest.fixture
def people(project: Project) -> list[User]:
    return crowd(project, 3)


@pytest.fixture
def batch(
    subject: Subject, people: list[User], organiser: User, make_image: Callable[..., Image]
) -> Batch:
    """Two pictures, nearly the same to the machine, in the hands of three volunteers."""
    batch = cut(subject, make_image, num=2, by=organiser)
    hand_out(batch, *people, by=organiser)
    first, second = (item.image for item in items_of(batch))
    for image in (first, second):
        see(image)
    near(first, second)
    return batch


def see(image: Image) -> None:
    """Note what the machine could have seen in the picture."""
    analysis = Analysis.objects.create(
        image=image, subject=image.subject, state=JobState.DONE, perceptual_hash="00000000000000ff"
    )
    Face.objects.create(
        analysis=analysis,
        position=1,
        left=1,
        top=1,
        right=9,
        bottom=9,
        landmarks=b"",
        descriptor=b"",
        yaw=12,
        pitch=0,
        roll=0,
        sharpness=0.5,
    )


@pytest.fixture
def shown(client: Client, organiser: User) -> Callable[[int], str]:
    """The page of the image with this number, as the organiser sees it."""
    client.force_login(organiser)

    def show(number: int) -> str:
        answer = client.get(f"{IMAGES}{number}/")
        assert answer.status_code == 200
        return answer.content.decode()

    return show


def test_an_organiser_who_judges_as_well_gets_no_hints_before_their_vote(
    shown: Callable[[int], str], batch: Batch, people: list[User], organiser: User
) -> None:
    assert HINT in shown(1)
    hand_out(batch, organiser, by=organiser)
    first, second = items_of(batch)
    vote(people[0], first, REJECT, Reason.DRAWN)

    blind = shown(1)
    assert HINT not in blind
    assert NEAR not in blind
    assert "<rect" not in blind
    assert "data-live" not in blind
    assert "drawn" not in blind

    vote(organiser, first, KEEP)
    seen = shown(1)
    assert HINT in seen
    assert NEAR not in seen, "it would be a hint on the second, which is still to be judged"
    vote(organiser, second, KEEP)
    assert NEAR in shown(1)


def test_giving_the_batch_back_does_not_show_the_hints(
    shown: Callable[[int], str], batch: Batch, organiser: User
) -> None:
    hand_out(batch, organiser, by=organiser)
    return_batch(batch=batch, actor=organiser)
    assert HINT not in shown(1)


def test_what_the_machine_suspects_and_why_is_said_once_it_may_be(
    shown: Callable[[int], str], batch: Batch, organiser: User
) -> None:
    first, second = items_of(batch)
    suspect(first.image, "blurry", because="looks_blurry")
    suspect(second.image, "blurry", because="looks_blurry")
    page = shown(1)
    assert "The machine suspects: <strong>Too blurry</strong>" in page
    assert "It looks blurry." in page
    assert '<progress value="80" max="100"' in page
    assert "Face covered" not in page, "what is next to nothing has no bar"
    hand_out(batch, organiser, by=organiser)
    assert "The machine suspects" not in shown(1)
    vote(organiser, first, KEEP)
    assert "The machine suspects" in shown(1)
    assert "The machine suspects" not in shown(2)


def test_a_better_copy_is_suspected_and_named_unless_it_is_still_to_be_judged(
    shown: Callable[[int], str], batch: Batch, organiser: User, subject: Subject
) -> None:
    first, second = (item.image for item in items_of(batch))
    Face.objects.filter(analysis__image=first).update(sharpness=0.9, right=200, bottom=200)
    suspect(second, "duplicate", because="better_copy")
    link = f'href="{IMAGES}1/">00001</a>'
    assert "A better copy exists:" in shown(2)
    assert link in shown(2)
    suspect(first, "duplicate", because="better_copy")
    assert "A better copy exists:" not in shown(1), "there is none"
    hand_out(batch, organiser, by=organiser)
    vote(organiser, items_of(batch)[1], KEEP)
    page = shown(2)
    assert "Duplicate</strong>" not in page
    assert "A better copy exists:" not in page
    vote(organiser, items_of(batch)[0], KEEP)
    assert "The machine suspects: <strong>Duplicate</strong>" in shown(2)


def test_hints_are_shown_when_no_vote_of_theirs_is_wanted_any_more(
    shown: Callable[[int], str], batch: Batch, people: list[User], organiser: User
) -> None:
    hand_out(batch, organiser, by=organiser)
    for person in people[:2]:
        vote(person, items_of(batch)[0], KEEP)
    assert HINT in shown(1)
    assert HINT not in shown(2)


def test_a_ruling_of_another_organiser_hides_votes_from_who_is_to_judge(
    shown: Callable[[int], str], batch: Batch, people: list[User], organiser: User, admin: User
) -> None:
    hand_out(batch, organiser, by=organiser)
    vote(people[0], items_of(batch)[0], REJECT, Reason.DRAWN)
    settle(image=items_of(batch)[0].image, verdict=KEEP, note="it is her", actor=admin)
    assert "it is her" not in shown(1)
    vote(organiser, items_of(batch)[0], REJECT)
    assert "it is her" in shown(1)


def test_the_page_says_what_became_of_the_picture_and_why(
    shown: Callable[[int], str], batch: Batch, people: list[User], organiser: User, subject: Subject
) -> None:
    first, second = items_of(batch)
    assert "stay hidden" in shown(1)
    for person in people[:2]:
        vote(person, first, REJECT, Reason.COVERED)
    assert "2 of 2 votes say reject." in shown(1)
    assert "face covered ×2" in shown(1)
    vote(people[0], second, KEEP)
    vote(people[1], second, REJECT)
    vote(people[2], second, UNSURE)
    assert "could not agree" in shown(2)
    settle(image=second.image, verdict=KEEP, note="her mole is there", actor=organiser)
    assert "her mole is there" in shown(2)


def test_a_picture_that_is_in_no_batch_says_so(
    shown: Callable[[int], str], subject: Subject, make_image: Callable[..., Image]
) -> None:
    make_image()
    assert "It is in no batch yet" in shown(1)


@pytest.mark.parametrize(
    ("typed", "leads"),
    [
        ("1", "images/1/"),
        ("00001", "images/1/"),
        (" 1 ", "images/1/"),
        ("2", "images/"),
        ("-1", "images/"),
        ("", "images/"),
        ("99999999999999999999", "images/"),
        ("999999999999999999", "images/"),
        ("<b>", "images/"),
    ],
)
def test_a_typed_number_leads_to_its_picture(
    subject: Subject,
    organiser: User,
    make_image: Callable[..., Image],
    client: Client,
    typed: str,
    leads: str,
) -> None:
    make_image(of=subject)
    client.force_login(organiser)
    answer = client.get("/projects/fans/subjects/ada/images/go/", {"number": typed})
    assert answer["Location"] == f"/projects/fans/subjects/ada/{leads}"
    page = client.get(answer["Location"]).content.decode()
    assert ("has no picture" in page) == (leads == "images/")
    assert "<b>" not in page
