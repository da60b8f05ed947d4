"""Whom to believe is found out from votes and gold, kept exactly, and found out again in time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import numpy as np
import pytest
from django.utils import timezone

from curation.batches.models import Batch, BatchItem
from curation.consensus.selectors import decisions_on
from curation.errors import NotAllowed
from curation.images.models import Image, Measures
from curation.jobs import JobState, LeaseLost
from curation.manual.reasons import Reason
from curation.projects.models import ActionLog, Project, Rule, User
from curation.releases.freeze_release import freeze_release
from curation.subjects.models import Subject
from curation.votes import fit_votes
from curation.votes.beliefs import Beliefs, beliefs_of, first_beliefs
from curation.votes.choose_rule import choose_rule
from curation.votes.models import ALL, Fit, ImageTally, Vote, VoteEvent
from curation.votes.rule_in_force import rule_in_force
from curation.votes.start_fits import FIRST_AT, PAUSE, Fits, ask_for_fit, is_due
from curation.votes.tallies import unpacked
from curation.votes.voting_rule import Outcome
from tests.conftest import make_consent
from tests.stories.batches import KEEP, REJECT, crowd, cut, hand_out, image_row, items_of, vote
from tests.stories.by_weight import by_weight
from tests.stories.gold import event, gold

pytestmark = pytest.mark.django_db


@pytest.fixture
def project(project: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    return by_weight(project, monkeypatch)


@pytest.fixture
def people(project: Project) -> list[User]:
    return crowd(project, 3)


@pytest.fixture
def batch(
    subject: Subject,
    organiser: User,
    people: list[User],
    make_image: Callable[..., Image],
) -> Batch:
    batch = cut(subject, make_image, num=12, by=organiser)
    hand_out(batch, *people, by=organiser)
    return batch


def fitted(subject: Subject, by: User) -> Fit:
    fit = ask_for_fit(subject=subject, actor=by)
    fit_votes.fit_votes(fit_id=fit.pk)
    fit.refresh_from_db()
    return fit


def know(subject: Subject, person: User, *, keeps: bool, num: int = 20) -> None:
    """The person answered gold that is half to keep and half blurry: rightly, or with one key."""
    first = 1000 + num * person.pk
    for number in range(first, first + num):
        image = image_row(subject, number)
        is_good = number % 2 == 0
        gold(image, KEEP) if is_good else gold(image, REJECT, Reason.BLURRY)
        says = KEEP if is_good or keeps else REJECT
        event(person, image, says, *([] if says is KEEP else [Reason.BLURRY]))


def outcome_of(item: BatchItem) -> Outcome:
    return decisions_on(Image.objects.filter(pk=item.image_id))[0].outcome


def test_before_any_fit_two_keep_and_one_rejects(batch: Batch, people: list[User]) -> None:
    kept, rejected, *_rest = items_of(batch)
    vote(people[0], kept, KEEP)
    assert outcome_of(kept) is Outcome.PENDING
    vote(people[1], kept, KEEP)
    assert outcome_of(kept) is Outcome.KEPT
    vote(people[0], rejected, REJECT)
    assert outcome_of(rejected) is Outcome.REJECTED


def test_the_vote_of_who_presses_one_key_counts_for_next_to_nothing(
    batch: Batch, subject: Subject, people: list[User], organiser: User
) -> None:
    careful, masher, other = people
    know(subject, careful, keeps=False)
    know(subject, masher, keeps=True)
    by_careful, by_masher, *_rest = items_of(batch)
    for person, item in ((careful, by_careful), (masher, by_masher)):
        vote(person, item, KEEP)
        vote(other, item, KEEP)
    assert [outcome_of(item) for item in (by_careful, by_masher)] == [Outcome.KEPT] * 2
    fit = fitted(subject, organiser)
    assert outcome_of(by_careful) is Outcome.KEPT
    assert outcome_of(by_masher) is Outcome.PENDING, "a newer fit is less sure: a vote is wanted"
    assert (fit.state, fit.num_votes, fit.num_gold) == (JobState.DONE, 4, 40)


def test_the_machine_has_its_say_after_the_first_fit_but_never_alone(
    batch: Batch, subject: Subject, people: list[User], organiser: User
) -> None:
    sure, doubted, unseen, unheard, *_rest = items_of(batch)
    for item, suspicion in ((sure, 0.001), (doubted, 0.9), (unheard, 0.001)):
        Measures.objects.filter(image=item.image_id).update(suspicion_alone=suspicion)
    for item in (sure, doubted, unseen):
        vote(people[0], item, KEEP)
    before = fitted(subject, organiser)
    assert outcome_of(sure) is Outcome.KEPT
    assert outcome_of(doubted) is Outcome.PENDING
    assert outcome_of(unseen) is Outcome.PENDING
    assert outcome_of(unheard) is Outcome.PENDING, "nobody has voted"
    Measures.objects.update(suspicion_alone=0.999)
    again = fitted(subject, organiser)
    assert again.digest == before.digest, "what it thought before the first vote is frozen"
    assert outcome_of(sure) is Outcome.KEPT


def test_the_same_votes_and_gold_give_the_same_fit_to_the_last_bit(
    batch: Batch, subject: Subject, people: list[User], organiser: User
) -> None:
    know(subject, people[0], keeps=False)
    for item, person in zip(items_of(batch), people * 4, strict=True):
        Measures.objects.filter(image=item.image_id).update(
            suspicion_alone=item.position / 20, near_another=item.position % 2 == 0
        )
        vote(person, item, KEEP if item.position % 3 else REJECT)
    first = fitted(subject, organiser)
    second = fitted(subject, organiser)
    assert (second.number, second.inputs_sha256) == (2, first.inputs_sha256)
    assert bytes(second.data) == bytes(first.data)
    stored = Beliefs.from_bytes(bytes(first.data))
    assert stored.as_bytes() == bytes(first.data)
    assert stored.matrices.dtype == np.float64
    vote(people[0], items_of(batch)[0], REJECT, Reason.DRAWN)
    assert fitted(subject, organiser).inputs_sha256 != first.inputs_sha256


def test_what_is_known_of_people_is_carried_to_the_next_subject(
    batch: Batch, project: Project, subject: Subject, people: list[User], organiser: User
) -> None:
    careful, masher, _other = people
    know(subject, careful, keeps=False)
    know(subject, masher, keeps=True)
    earlier = fitted(subject, organiser)
    bob = Subject.objects.create(project=project, slug="bob", name="Bob")
    make_consent(bob, organiser)
    later = fitted(bob, organiser)
    assert later.earlier == earlier
    beliefs = beliefs_of(later.digest)
    says = {p.pk: beliefs.heard((p.pk, "keep", "")).by_truth for p in (careful, masher)}
    nobody = beliefs.heard((0, "keep", "")).by_truth
    speaks = {pk: by_truth[0] - by_truth[4] for pk, by_truth in says.items()}
    assert speaks[careful.pk] > nobody[0] - nobody[4] > speaks[masher.pk]


def test_a_fit_is_due_after_twenty_votes_and_then_after_many_more(
    batch: Batch, subject: Subject, people: list[User], organiser: User
) -> None:
    items = items_of(batch)
    said = 0
    while VoteEvent.objects.count() < FIRST_AT - 1:
        vote(people[0], items[said % 12], KEEP if said // 12 % 2 == 0 else REJECT)
        said += 1
    assert not is_due(subject)
    vote(people[0], items[said % 12], KEEP if said // 12 % 2 == 0 else REJECT)
    assert is_due(subject)
    assert Fits(clock=lambda: 0.0)() == 1
    assert not is_due(subject), "one is under way"
    fit = Fit.objects.get()
    fit_votes.fit_votes(fit_id=fit.pk)
    assert not is_due(subject)
    for number in range(FIRST_AT):
        vote(people[0], items[number % 12], REJECT, [Reason.DRAWN, Reason.COVERED][number // 12])
    assert not is_due(subject), "the last was made just now"
    Fit.objects.update(made_at=timezone.now() - PAUSE - dt.timedelta(seconds=1))
    assert is_due(subject)


def test_where_two_equal_votes_decide_no_fit_is_due(
    batch: Batch, project: Project, subject: Subject, people: list[User], admin: User
) -> None:
    choose_rule(project=project, rule=Rule.PLAIN, actor=admin)
    for item in items_of(batch):
        vote(people[0], item, KEEP)
        vote(people[1], item, KEEP)
    assert Fits(clock=lambda: 0.0)() == 0
    assert not Fit.objects.exists()


def test_a_worker_that_was_taken_over_weighs_nothing_more(
    batch: Batch, subject: Subject, people: list[User], organiser: User
) -> None:
    vote(people[0], items_of(batch)[0], KEEP)
    asked = ask_for_fit(subject=subject, actor=organiser)
    slow = Fit.claim(asked.pk)
    assert slow is not None
    fit_votes._make(slow)
    Fit.objects.update(leased_until=timezone.now() - dt.timedelta(seconds=1))
    fit_votes.fit_votes(fit_id=asked.pk)
    assert Fit.objects.get().state == JobState.DONE
    with pytest.raises(LeaseLost):
        fit_votes._weigh_some(slow)
    assert Fit.objects.get().applied_to == ALL


def test_choosing_the_rule_counts_all_votes_anew_and_is_on_record(
    batch: Batch, project: Project, people: list[User], admin: User, organiser: User
) -> None:
    items = items_of(batch)
    vote(people[0], items[0], REJECT)
    assert outcome_of(items[0]) is Outcome.REJECTED
    with pytest.raises(NotAllowed):
        choose_rule(project=project, rule=Rule.PLAIN, actor=organiser)
    choose_rule(project=project, rule=Rule.PLAIN, actor=admin)
    assert outcome_of(items[0]) is Outcome.PENDING
    line = ActionLog.objects.get(action="project.choose_rule")
    assert line.details == {"rule": "plain", "before": "weighted"}
    choose_rule(project=project, rule=Rule.PLAIN, actor=admin)
    assert ActionLog.objects.filter(action="project.choose_rule").count() == 1
    choose_rule(project=project, rule=Rule.WEIGHTED, actor=admin)
    assert outcome_of(items[0]) is Outcome.REJECTED


def test_a_release_names_the_rule_and_the_fit_and_never_changes(
    batch: Batch,
    subject: Subject,
    people: list[User],
    organiser: User,
    admin: User,
) -> None:
    items = items_of(batch)
    for person in people[:2]:
        vote(person, items[0], KEEP)
    assert rule_in_force(subject) == "weighted 1"
    fit = fitted(subject, organiser)
    assert rule_in_force(subject) == f"weighted 1 fit {fit.digest[:16]}"
    release = freeze_release(subject=subject, actor=organiser)
    assert freeze_release(subject=subject, actor=organiser) == release
    digest = release.manifest_sha256
    choose_rule(project=subject.project, rule=Rule.PLAIN, actor=admin)
    assert rule_in_force(subject) == "1"
    release.refresh_from_db()
    assert release.manifest_sha256 == digest


def test_what_was_said_nothing_about_before_the_hints_is_frozen_without_them(
    batch: Batch, people: list[User]
) -> None:
    early, late, *_rest = items_of(batch)
    vote(people[0], early, KEEP)
    Measures.objects.update(suspicion_alone=0.25)
    vote(people[1], early, KEEP)
    vote(people[0], late, KEEP)
    rows = {row.image_id: row for row in ImageTally.objects.all()}
    assert rows[early.image_id].keep_score is None
    assert rows[late.image_id].keep_score == 0.75
    assert unpacked(rows[early.image_id].packed).total == 2


def test_before_any_vote_the_first_beliefs_stand(subject: Subject) -> None:
    assert beliefs_of("") is first_beliefs()
    assert first_beliefs().machine(0.99) is None
    assert Vote.objects.count() == 0
