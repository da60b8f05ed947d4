"""How many votes an image takes: as many as are wanted, and never one more."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pytest

from curation.batches.models import Batch, BatchItem
from curation.images.models import Image
from curation.projects.models import Project, User
from curation.subjects.models import Subject
from curation.votes.errors import EnoughVotes
from curation.votes.models import Vote, VoteEvent
from curation.votes.take_back_vote import take_back_vote
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


@pytest.fixture
def batch(subject: Subject, organiser: User, make_image: Callable[..., Image]) -> Batch:
    return cut(subject, make_image, num=1, by=organiser)


@pytest.fixture
def item(batch: Batch) -> BatchItem:
    return items_of(batch)[0]


def test_two_equal_votes_are_enough(
    item: BatchItem, batch: Batch, project: Project, organiser: User
) -> None:
    first, second, third = crowd(project, 3)
    hand_out(batch, first, second, third, by=organiser)
    vote(first, item, KEEP)
    vote(second, item, KEEP)
    with pytest.raises(EnoughVotes):
        vote(third, item, REJECT)
    assert Vote.objects.filter(image=item.image).count() == 2


def test_a_third_is_asked_only_when_the_first_two_differ(
    item: BatchItem, batch: Batch, project: Project, organiser: User
) -> None:
    people = crowd(project, 4)
    hand_out(batch, *people, by=organiser)
    vote(people[0], item, KEEP)
    vote(people[1], item, REJECT)
    vote(people[2], item, UNSURE)
    with pytest.raises(EnoughVotes):
        vote(people[3], item, KEEP)


def test_ones_own_vote_can_always_be_changed_also_when_there_are_enough(
    item: BatchItem, batch: Batch, project: Project, organiser: User
) -> None:
    first, second, third = crowd(project, 3)
    hand_out(batch, first, second, third, by=organiser)
    vote(first, item, KEEP)
    vote(second, item, KEEP)
    vote(second, item, REJECT)
    vote(third, item, KEEP)
    assert Vote.objects.filter(image=item.image, verdict=KEEP).count() == 2


def test_a_vote_taken_back_makes_room_for_another(
    item: BatchItem, batch: Batch, project: Project, organiser: User
) -> None:
    first, second, third = crowd(project, 3)
    hand_out(batch, first, second, third, by=organiser)
    vote(first, item, KEEP)
    vote(second, item, KEEP)
    take_back_vote(item_id=item.pk, volunteer=second, client_key=uuid4())
    vote(third, item, KEEP)
    with pytest.raises(EnoughVotes):
        vote(second, item, KEEP)
    history = VoteEvent.objects.values_list("verdict", flat=True)
    assert list(history) == ["keep", "keep", "", "keep"]
