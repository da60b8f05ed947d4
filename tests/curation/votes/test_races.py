"""Many hands at once, each on its own connection: nothing counts twice, nothing is lost."""

from __future__ import annotations

import datetime as dt
import random
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.utils import timezone

from curation.batches.close_batch import close_batch
from curation.batches.cut_batches import cut_batches
from curation.batches.errors import BatchClosed, NotAssigned, NothingToCut
from curation.batches.models import Assignment, Batch, BatchItem
from curation.batches.revoke_batch import revoke_batch
from curation.consensus.selectors import decisions_on
from curation.errors import InvalidInput, Refused
from curation.gold.models import GoldItem, GoldPlan
from curation.images.models import Image
from curation.manual.reasons import Reason
from curation.manual.verdicts import Verdict
from curation.projects.models import Project, User
from curation.subjects.gate import ConsentMissing
from curation.subjects.models import Consent, Subject
from curation.subjects.withdraw_consent import withdraw_consent
from curation.votes.cast_vote import cast_vote
from curation.votes.desk import desk_items
from curation.votes.errors import EnoughVotes
from curation.votes.models import ImageTally, Vote, VoteEvent
from curation.votes.plan_gold import plan_gold
from curation.votes.take_back_vote import take_back_vote
from curation.votes.tallies import tally_of, unpacked
from curation.votes.voting_rule import Outcome
from tests.curation.votes.over_votes import over_votes
from tests.stories.batches import KEEP, crowd, cut, hand_out, image_row, items_of, vote
from tests.stories.gold import gold

pytestmark = pytest.mark.django_db(transaction=True)

NUM_CLIENTS = 8


def all_at_once(acts: Sequence[Callable[[], Any]]) -> list[Any]:
    """Do all acts at the same moment, one thread each; what each returned or was refused with."""
    answers: list[Any] = [None] * len(acts)
    gate = threading.Barrier(len(acts))

    def run(index: int) -> None:
        try:
            gate.wait()
            answers[index] = acts[index]()
        except Refused as refusal:
            answers[index] = refusal
        except Exception as problem:  # noqa: BLE001, raised again below
            answers[index] = problem
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(index,)) for index in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for answer in answers:
        if isinstance(answer, Exception) and not isinstance(answer, Refused):
            raise answer
    return answers


def num_over_votes() -> int:
    history = VoteEvent.objects.order_by("pk").values_list("image", "volunteer", "verdict")
    return over_votes(history)


def said_by_history() -> dict[int, dict[int, str]]:
    standing: dict[int, dict[int, str]] = {}
    for event in VoteEvent.objects.order_by("pk"):
        if event.verdict:
            standing.setdefault(event.image_id, {})[event.volunteer_id] = event.verdict
        else:
            del standing[event.image_id][event.volunteer_id]
    return {image: votes for image, votes in standing.items() if votes}


def said_now() -> dict[int, dict[int, str]]:
    standing: dict[int, dict[int, str]] = {}
    for image_id, person_id, verdict in Vote.objects.values_list("image", "volunteer", "verdict"):
        standing.setdefault(image_id, {})[person_id] = verdict
    return standing


@pytest.fixture
def people(project: Project) -> list[User]:
    return crowd(project, NUM_CLIENTS)


@pytest.fixture
def batch(
    subject: Subject, organiser: User, people: list[User], make_image: Callable[..., Image]
) -> Batch:
    batch = cut(subject, make_image, num=6, by=organiser)
    hand_out(batch, *people, by=organiser)
    return batch


def test_eight_people_keep_the_same_picture_at_once_and_two_get_in(
    batch: Batch, people: list[User]
) -> None:
    for item in items_of(batch):
        answers = all_at_once([partial(vote, person, item, KEEP) for person in people])
        assert sum(isinstance(answer, Vote) for answer in answers) == 2
        assert sum(isinstance(answer, EnoughVotes) for answer in answers) == NUM_CLIENTS - 2
    assert num_over_votes() == 0


def test_eight_people_vote_change_and_take_back_at_random(batch: Batch, people: list[User]) -> None:
    items = items_of(batch)

    def work(person: User, seed: int) -> None:
        dice = random.Random(seed)
        for _ in range(25):
            item = dice.choice(items)
            try:
                if dice.random() < 0.2:
                    take_back_vote(item_id=item.pk, volunteer=person, client_key=uuid4())
                else:
                    vote(person, item, dice.choice(list(Verdict)))
            except EnoughVotes:
                continue

    all_at_once([partial(work, person, seed) for seed, person in enumerate(people)])
    assert num_over_votes() == 0
    assert max(len(votes) for votes in said_now().values()) <= 3
    assert said_now() == said_by_history()
    for item in items:
        votes = list(Vote.objects.filter(image=item.image).values_list("verdict", flat=True))
        kept = ImageTally.objects.filter(image=item.image).values_list("packed", flat=True)
        assert unpacked(next(iter(kept), 0)) == tally_of(votes), "no vote is lost from a tally"


def test_the_same_act_arriving_many_times_at_once_is_one_act(
    batch: Batch, people: list[User]
) -> None:
    for item in items_of(batch):
        send = partial(
            cast_vote,
            item_id=item.pk,
            volunteer=people[0],
            verdict=Verdict.REJECT,
            reasons=[Reason.DRAWN],
            client_key=uuid4(),
        )
        answers = all_at_once([send] * NUM_CLIENTS)
        assert {answer.pk for answer in answers} == {Vote.objects.get(image=item.image).pk}
        assert VoteEvent.objects.filter(image=item.image).count() == 1


def test_one_key_on_many_images_at_once_counts_for_one_of_them(
    batch: Batch, people: list[User]
) -> None:
    key = uuid4()
    acts = [
        partial(cast_vote, item_id=item.pk, volunteer=people[0], verdict=KEEP, client_key=key)
        for item in items_of(batch)
    ]
    answers = all_at_once(acts)
    assert Counter(type(answer) for answer in answers) == {Vote: 1, InvalidInput: len(acts) - 1}
    assert Vote.objects.count() == VoteEvent.objects.count() == 1


def test_one_person_in_eight_tabs_has_one_vote(batch: Batch, people: list[User]) -> None:
    item = items_of(batch)[0]
    all_at_once([partial(vote, people[0], item, KEEP)] * NUM_CLIENTS)
    assert Vote.objects.filter(image=item.image).count() == 1
    assert VoteEvent.objects.filter(image=item.image).count() == 1


def test_no_vote_slips_in_behind_a_close(batch: Batch, people: list[User], organiser: User) -> None:
    votes = [vote_all(person, items_of(batch)) for person in people[:-1]]
    *answers, _closed = all_at_once([*votes, partial(close_batch, batch=batch, actor=organiser)])
    batch.refresh_from_db()
    assert not VoteEvent.objects.filter(at__gt=batch.closed_at).exists()
    assert {type(answer) for answer in answers} <= {BatchClosed, type(None)}


def test_no_vote_slips_in_behind_a_revoked_lease(
    batch: Batch, people: list[User], organiser: User
) -> None:
    unlucky = people[0]
    all_at_once(
        [
            vote_all(unlucky, items_of(batch)),
            partial(revoke_batch, batch=batch, volunteer=unlucky, actor=organiser),
        ]
    )
    revoked_at = batch.assignments.get(volunteer=unlucky).returned_at
    assert not VoteEvent.objects.filter(volunteer=unlucky, at__gt=revoked_at).exists()
    with pytest.raises(NotAssigned):
        vote(unlucky, items_of(batch)[0], KEEP)


def test_no_vote_slips_in_behind_a_withdrawal(
    batch: Batch, people: list[User], admin: User
) -> None:
    consent = Consent.objects.get()
    withdraw = partial(withdraw_consent, consent=consent, actor=admin)
    all_at_once([*(vote_all(person, items_of(batch)) for person in people), withdraw])
    consent.refresh_from_db()
    assert not VoteEvent.objects.filter(at__gt=consent.withdrawn_at).exists()
    with pytest.raises(ConsentMissing):
        vote(people[0], items_of(batch)[0], KEEP)


def test_two_organisers_cut_at_once_and_every_image_is_in_one_batch(
    subject: Subject, organiser: User, make_image: Callable[..., Image]
) -> None:
    for _ in range(10):
        make_image()
    answers = all_at_once(
        [partial(cut_batches, subject=subject, size=3, actor=organiser)] * NUM_CLIENTS
    )
    assert Counter(type(answer) for answer in answers) == {list: 1, NothingToCut: NUM_CLIENTS - 1}
    assert BatchItem.objects.count() == 10
    assert sorted(Batch.objects.values_list("number", flat=True)) == [1, 2, 3, 4]


def test_decisions_while_votes_come_in_are_never_half_seen(
    batch: Batch, people: list[User], subject: Subject
) -> None:
    stop = threading.Event()

    def read() -> int:
        num = 0
        while not stop.is_set():
            for decision in decisions_on(Image.objects.filter(subject=subject)):
                assert decision.tally.total <= 3
                assert bool(decision.reasons) == (decision.outcome is Outcome.REJECTED)
            num += 1
        return num

    def write() -> None:
        try:
            for person in people:
                vote_all(person, items_of(batch), Verdict.REJECT)()
        finally:
            stop.set()

    num_reads, _none = all_at_once([read, write])
    assert num_reads > 0


def vote_all(person: User, items: list[BatchItem], verdict: Verdict = KEEP) -> Callable[[], None]:
    """Somebody who works through all items, past those that have enough votes."""

    def work() -> None:
        for item in items:
            try:
                vote(person, item, verdict)
            except EnoughVotes:
                continue

    return work


def test_votes_at_once_move_the_lease_on_but_not_past_being_taken_back(
    subject: Subject, project: Project, organiser: User, make_image: Callable[..., Image]
) -> None:
    """Three votes are under way at a time, and the organiser takes the batch back in between."""
    batch = cut(subject, make_image, num=12, by=organiser)
    (vera,) = crowd(project, 1)
    hand_out(batch, vera, by=organiser)
    soon = timezone.now() + dt.timedelta(minutes=5)
    Assignment.objects.update(leased_until=soon, granted_until=soon)
    votes = [partial(vote, vera, item, KEEP) for item in items_of(batch)]
    answers = all_at_once(
        [*votes, partial(revoke_batch, batch=batch, volunteer=vera, actor=organiser)]
    )
    assert {type(each) for each in answers[:-1]} <= {Vote, NotAssigned}
    lease = Assignment.objects.get()
    assert lease.returned_at is not None
    taken = Vote.objects.count()
    assert taken == sum(isinstance(each, Vote) for each in answers[:-1])
    assert (lease.leased_until > soon) is (taken > 0)


def test_a_desk_opened_many_times_at_once_has_one_plan(
    batch: Batch, subject: Subject, people: list[User]
) -> None:
    """Two tabs, or a page and what it asks for: what lies on a desk is laid down once."""
    for number in range(100, 108):
        gold(image_row(subject, number), KEEP)
    person = people[0]
    lease = Assignment.objects.get(batch=batch, volunteer=person)
    open_desk = partial(_opened, batch, lease, person)
    desks = all_at_once([open_desk] * NUM_CLIENTS)
    assert len({tuple(desk) for desk in desks}) == 1
    assert GoldPlan.objects.get().lease == lease
    hidden = set(GoldItem.objects.values_list("pk", flat=True))
    assert hidden
    assert hidden < set(desks[0])
    assert len(desks[0]) == len(hidden) + batch.items.count()


def _opened(batch: Batch, lease: Assignment, person: User) -> list[int]:
    plan_gold(batch=batch, lease=lease, person=person)
    return [each.item_id for each in desk_items(batch, person)]
