"""Many hands at once where votes count by their weight: none too many, and nothing half weighed."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import partial
from uuid import uuid4

import pytest

from curation.batches.models import Batch
from curation.images.models import Image
from curation.manual.verdicts import Verdict
from curation.projects.models import Project, Rule, User
from curation.subjects.models import Subject
from curation.votes import fit_votes
from curation.votes.choose_rule import choose_rule
from curation.votes.errors import EnoughVotes
from curation.votes.models import Fit, ImageTally, Vote, VoteEvent
from curation.votes.start_fits import NoWeights, ask_for_fit
from curation.votes.take_back_vote import take_back_vote
from curation.votes.tallies import packed
from curation.votes.voting_rule import votes_wanted
from curation.votes.weighing import scales_of, weighed
from tests.curation.votes.test_races import NUM_CLIENTS, all_at_once
from tests.stories.batches import KEEP, crowd, cut, hand_out, items_of, vote

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people(project: Project) -> list[User]:
    Project.objects.filter(pk=project.pk).update(rule=Rule.WEIGHTED)
    return crowd(project, NUM_CLIENTS)


@pytest.fixture
def batch(
    subject: Subject, organiser: User, people: list[User], make_image: Callable[..., Image]
) -> Batch:
    batch = cut(subject, make_image, num=6, by=organiser)
    hand_out(batch, *people, by=organiser)
    return batch


def num_over_votes() -> int:
    """First votes that came in although none was wanted, by telling the history again."""
    scales = {each.image_id: each for each, _votes in scales_of("SELECT id FROM images_image", ())}
    said: dict[int, dict[int, tuple[str, str]]] = {}
    num = 0
    for event in VoteEvent.objects.order_by("pk"):
        votes = said.setdefault(event.image_id, {})
        so_far = [(who, *what) for who, what in votes.items()]
        is_first = bool(event.verdict) and event.volunteer_id not in votes
        num += is_first and votes_wanted(weighed(scales[event.image_id], so_far)) == 0
        if event.verdict:
            votes[event.volunteer_id] = event.verdict, event.reason_codes
        else:
            del votes[event.volunteer_id]
    return num


def require_weighed_as_stored() -> None:
    stored = dict(ImageTally.objects.values_list("image", "packed"))
    for scale, votes in scales_of("SELECT id FROM images_image", ()):
        if votes:
            assert stored[scale.image_id] == packed(weighed(scale, votes))


def work(person: User, batch: Batch, seed: int) -> None:
    dice = random.Random(seed)
    for _ in range(20):
        item = dice.choice(items_of(batch))
        try:
            if dice.random() < 0.2:
                take_back_vote(item_id=item.pk, volunteer=person, client_key=uuid4())
            else:
                vote(person, item, dice.choice(list(Verdict)))
        except EnoughVotes:
            continue


def test_eight_people_keep_the_same_picture_at_once_and_no_more_get_in_than_are_wanted(
    batch: Batch, people: list[User]
) -> None:
    for item in items_of(batch):
        all_at_once([partial(vote, person, item, KEEP) for person in people])
    assert num_over_votes() == 0
    require_weighed_as_stored()


def test_eight_people_vote_change_and_take_back_at_random(batch: Batch, people: list[User]) -> None:
    all_at_once([partial(work, person, batch, seed) for seed, person in enumerate(people)])
    assert num_over_votes() == 0
    require_weighed_as_stored()


def test_while_people_vote_a_fit_is_made_and_the_rule_is_changed_and_nothing_is_half_weighed(
    batch: Batch, people: list[User], project: Project, admin: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fit_votes, "AT_ONCE", 2)
    subject = Subject.objects.get()

    def fit() -> None:
        for _ in range(6):
            try:
                asked = ask_for_fit(subject=subject, actor=admin)
            except NoWeights:
                continue
            fit_votes.fit_votes(fit_id=asked.pk)

    def change_the_rule() -> None:
        for rule in (Rule.PLAIN, Rule.WEIGHTED, Rule.PLAIN, Rule.WEIGHTED):
            choose_rule(project=Project.objects.get(), rule=rule, actor=admin)

    all_at_once(
        [
            *(partial(work, person, batch, seed) for seed, person in enumerate(people)),
            fit,
            change_the_rule,
        ]
    )
    require_weighed_as_stored()
    assert Fit.objects.exists()
    assert max(Vote.objects.filter(image=each.image_id).count() for each in items_of(batch)) <= 7
