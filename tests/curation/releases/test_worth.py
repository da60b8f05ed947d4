"""Whoever settles disputes meets first what the set has least of."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from curation.consensus.settle import settle
from curation.images.measures import NOTHING_SEEN, keep_measures
from curation.images.models import Image
from curation.projects.models import User
from curation.releases.worth import Waiting, waiting_by_worth, worth
from curation.subjects.models import Subject
from curation.votes.voting_rule import Tally
from tests.stories.batches import KEEP, REJECT, UNSURE, crowd, cut, hand_out, items_of, vote

FRONT, PROFILE = 0.0, 70.0


def turned(image: Image, yaw: float) -> None:
    measured = NOTHING_SEEN | {"num_faces": 1, "brightness": 0.5, "yaw": yaw, "pitch": 0.0}
    keep_measures(image.pk, measured)


def contested(
    subject: Subject, organiser: User, make_image: Callable[..., Image], yaws: list[float]
) -> list[Image]:
    """Pictures on which three people said three different things."""
    batch = cut(subject, make_image, num=len(yaws), by=organiser)
    people = crowd(subject.project, 3)
    hand_out(batch, *people, by=organiser)
    for item, yaw in zip(items_of(batch), yaws, strict=True):
        turned(item.image, yaw)
        for person, verdict in zip(people, (KEEP, REJECT, UNSURE), strict=True):
            vote(person, item, verdict)
    return [item.image for item in items_of(batch)]


def test_the_rarest_pose_comes_first_and_ties_go_by_number(
    subject: Subject, organiser: User, make_image: Callable[..., Image]
) -> None:
    for _ in range(4):
        image = make_image(of=subject)
        turned(image, FRONT)
        settle(image=image, verdict=KEEP, actor=organiser)
    images = contested(subject, organiser, make_image, [FRONT, FRONT, PROFILE, FRONT])
    numbers = [image.number for image in images]
    waiting = waiting_by_worth(subject, organiser)
    assert waiting.numbers == [numbers[2], numbers[0], numbers[1], numbers[3]]
    here = waiting_by_worth(subject, organiser, beside=numbers[0])
    assert here.before == [numbers[2]]
    assert here.behind == [numbers[0], numbers[1], numbers[3]]
    settle(image=images[0], verdict=KEEP, actor=organiser)
    here = waiting_by_worth(subject, organiser, beside=numbers[0])
    assert (here.before, here.behind) == ([numbers[2]], [numbers[1], numbers[3]])


def test_what_nobody_has_analysed_waits_by_number(
    subject: Subject, organiser: User, make_image: Callable[..., Image]
) -> None:
    images = contested(subject, organiser, make_image, [FRONT, FRONT])
    for image in images:
        keep_measures(image.pk, NOTHING_SEEN)
    waiting = waiting_by_worth(subject, organiser, beside=999)
    assert waiting == Waiting(numbers=[image.number for image in images], num_before=0)


def test_where_nothing_waits_nothing_is_in_turn(subject: Subject, organiser: User) -> None:
    assert waiting_by_worth(subject, organiser, beside=1) == Waiting(numbers=[], num_before=0)


@given(st.integers(0, 10_000), st.integers(0, 10_000), st.integers(0, 3), st.integers(0, 3))
def test_less_is_worth_more_then_the_even_split(one: int, other: int, keep: int, no: int) -> None:
    tally, even = Tally(keep=keep, reject=no), Tally(keep=1, reject=1)
    if one * 2 < other:
        assert worth(one, tally, 9) < worth(other, even, 1)
    assert worth(one, even, 9) <= worth(one, tally, 9)
