"""Whom people take for the subject, found in their mistakes, and what the organiser says to it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from django.test import Client

from curation import store
from curation.analysis.models import Analysis, Face
from curation.consensus.settle import settle
from curation.errors import NotAllowed
from curation.images.models import Image
from curation.jobs import JobState
from curation.look_alikes.answer_proposal import dismiss_proposed, name_proposed
from curation.look_alikes.errors import ProposalGone
from curation.look_alikes.selectors import proposal_for
from curation.manual.reasons import Reason
from curation.projects.models import ActionLog, Project, User
from curation.subjects.gate import ConsentMissing
from curation.subjects.models import Consent, LookAlike, Subject
from tests.stories.batches import KEEP, REJECT, crowd, cut, hand_out, items_of, vote
from tests.stories.gold import gold

MakeImage = Callable[..., Image]
ABSENT = Reason.SUBJECT_ABSENT
EVE, MIA, ADA = 0, 1, 2


def shows(image: Image, person: int, *, off: float = 0.0) -> None:
    """The machine has seen this person's face in the picture."""
    descriptor = np.zeros(128, "<f4")
    descriptor[person] = 1 + off
    analysis = Analysis.objects.create(image=image, subject=image.subject, state=JobState.DONE)
    Face.objects.create(
        analysis=analysis,
        position=1,
        left=1,
        top=1,
        right=9,
        bottom=9,
        landmarks=b"",
        descriptor=descriptor.tobytes(),
        yaw=0,
        pitch=0,
        roll=0,
        sharpness=0.5,
    )


@pytest.fixture
def people(project: Project) -> list[User]:
    return crowd(project, 3)


@pytest.fixture
def pictures(
    subject: Subject, organiser: User, people: list[User], make_image: MakeImage
) -> list[Image]:
    """Four of Eve, three of Mia, one of Ada, each kept by one person."""
    batch = cut(subject, make_image, num=8, by=organiser)
    hand_out(batch, *people, by=organiser)
    items = items_of(batch)
    for place, item in enumerate(items):
        shows(item.image, [EVE, EVE, EVE, EVE, MIA, MIA, MIA, ADA][place], off=place / 100)
        vote(people[0], item, KEEP)
        for person in people[1:]:
            vote(person, item, REJECT, ABSENT)
    return [item.image for item in items]


def numbers(proposal: object) -> list[int]:
    return [image.number for image in proposal.images]  # type: ignore[attr-defined]


def test_the_person_most_often_kept_by_mistake_is_proposed_with_three_pictures(
    subject: Subject, organiser: User, pictures: list[Image]
) -> None:
    proposal = proposal_for(subject, viewer=organiser)
    assert proposal
    assert sorted(numbers(proposal)) == [image.number for image in pictures[:4]]
    assert len(proposal.shown) == 3


def test_what_was_kept_by_nobody_or_rejected_for_something_else_is_no_mistake(
    subject: Subject, organiser: User, people: list[User], make_image: MakeImage
) -> None:
    batch = cut(subject, make_image, num=6, by=organiser)
    hand_out(batch, *people, by=organiser)
    for place, item in enumerate(items_of(batch)):
        shows(item.image, EVE)
        for person in people[:2]:
            vote(person, item, REJECT, ABSENT if place < 3 else Reason.BLURRY)
    assert proposal_for(subject, viewer=organiser) is None


def test_rulings_and_gold_say_it_as_well(
    subject: Subject, organiser: User, people: list[User], make_image: MakeImage
) -> None:
    batch = cut(subject, make_image, num=3, by=organiser)
    hand_out(batch, *people, by=organiser)
    for place, item in enumerate(items_of(batch)):
        shows(item.image, EVE)
        for person in people[:2]:
            vote(person, item, KEEP)
        if place < 2:
            settle(image=item.image, verdict=REJECT, reasons=[ABSENT], actor=organiser)
    assert proposal_for(subject, viewer=organiser) is None
    gold(items_of(batch)[2].image, REJECT, ABSENT)
    assert proposal_for(subject, viewer=organiser)


def test_an_organiser_who_may_be_asked_for_a_picture_is_told_nothing_of_it(
    subject: Subject, organiser: User, people: list[User], make_image: MakeImage
) -> None:
    batch = cut(subject, make_image, num=3, by=organiser)
    hand_out(batch, organiser, *people, by=organiser)
    for item in items_of(batch):
        shows(item.image, EVE)
        vote(people[0], item, KEEP)
        gold(item.image, REJECT, ABSENT)
    assert proposal_for(subject, viewer=organiser) is None
    for item in items_of(batch):
        vote(organiser, item, KEEP)
    assert proposal_for(subject, viewer=organiser)


def test_whoever_is_named_becomes_a_look_alike_with_a_picture_and_the_next_is_proposed(
    subject: Subject, organiser: User, pictures: list[Image]
) -> None:
    first = proposal_for(subject, viewer=organiser)
    assert first
    eve = name_proposed(
        subject=subject,
        first=first.images[0].number,
        name="Eve",
        how_to_tell="a longer face",
        actor=organiser,
    )
    assert eve == LookAlike.objects.get()
    assert store.get(eve.sha256)
    following = proposal_for(subject, viewer=organiser)
    assert following
    assert sorted(numbers(following)) == [image.number for image in pictures[4:7]]


def test_whoever_was_dismissed_is_not_proposed_again_also_with_new_pictures(
    subject: Subject,
    organiser: User,
    people: list[User],
    pictures: list[Image],
    make_image: MakeImage,
) -> None:
    for _ in range(2):
        proposal = proposal_for(subject, viewer=organiser)
        assert proposal
        dismiss_proposed(subject=subject, first=proposal.images[0].number, actor=organiser)
    assert ActionLog.objects.filter(action="look_alike.dismiss").count() == 2
    batch = cut(subject, make_image, num=3, by=organiser)
    hand_out(batch, *people, by=organiser)
    for item in items_of(batch):
        shows(item.image, EVE)
        vote(people[0], item, KEEP)
        for person in people[1:]:
            vote(person, item, REJECT, ABSENT)
    assert proposal_for(subject, viewer=organiser) is None


def test_an_answer_is_to_what_was_on_the_page(
    subject: Subject, organiser: User, pictures: list[Image]
) -> None:
    with pytest.raises(ProposalGone):
        dismiss_proposed(subject=subject, first=pictures[7].number, actor=organiser)


def test_neither_a_volunteer_nor_anybody_without_consent_answers(
    subject: Subject, organiser: User, volunteer: User, pictures: list[Image]
) -> None:
    proposal = proposal_for(subject, viewer=organiser)
    assert proposal
    first = proposal.images[0].number
    with pytest.raises(NotAllowed):
        dismiss_proposed(subject=subject, first=first, actor=volunteer)
    Consent.objects.update(covers_curate=False)
    with pytest.raises(ConsentMissing):
        name_proposed(subject=subject, first=first, name="Eve", how_to_tell="-", actor=organiser)
    assert not LookAlike.objects.exists()


def test_the_settings_show_it_and_take_the_answer(
    client: Client, subject: Subject, organiser: User, pictures: list[Image]
) -> None:
    client.force_login(organiser)
    settings = "/projects/fans/subjects/ada/settings/"
    page = client.get(settings).content.decode()
    assert "4 pictures of what looks like one person" in page
    assert page.count('loading="lazy"') == 3
    proposal = proposal_for(subject, viewer=organiser)
    assert proposal
    first = proposal.images[0].number
    blank = client.post(f"{settings}look-alikes/proposed/name/", {"first": first, "name": "Eve"})
    assert blank.status_code == 200
    said = {"first": first, "name": "Eve", "how_to_tell": "a longer face"}
    assert client.post(f"{settings}look-alikes/proposed/name/", said).status_code == 302
    assert "3 pictures of what looks like one person" in client.get(settings).content.decode()
    following = proposal_for(subject, viewer=organiser)
    assert following
    gone = {"first": following.images[0].number}
    assert client.post(f"{settings}look-alikes/proposed/dismiss/", gone).status_code == 302
    assert "what looks like one person" not in client.get(settings).content.decode()
    Consent.objects.update(covers_curate=False)
    assert "proposed" not in client.get(settings).content.decode()
