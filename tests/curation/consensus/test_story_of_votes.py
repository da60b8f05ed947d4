"""Any story of handing out, voting, changing one's mind, closing and settling, against a model."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from curation.batches.assign_batch import assign_batch
from curation.batches.close_batch import close_batch
from curation.batches.cut_batches import cut_batches
from curation.batches.errors import BatchClosed, NotAssigned
from curation.batches.reopen_batch import reopen_batch
from curation.batches.return_batch import return_batch
from curation.batches.revoke_batch import revoke_batch
from curation.consensus.selectors import decisions_on, images_with, state_counts
from curation.consensus.settle import settle
from curation.consensus.withdraw_ruling import withdraw_ruling
from curation.errors import NotFound, Refused
from curation.images.models import Image
from curation.manual.reasons import Reason, join_reasons
from curation.manual.verdicts import Verdict
from curation.projects.models import Project, Role
from curation.subjects.models import Subject
from curation.votes.cast_vote import cast_vote
from curation.votes.desk import desk_items
from curation.votes.models import ImageTally, Vote, VoteEvent
from curation.votes.progress import batches_held_by, progress_of_batch
from curation.votes.take_back_vote import take_back_vote
from curation.votes.tallies import numbers_that_occur, tally_of, unpacked
from curation.votes.voting_rule import Outcome
from tests.conftest import make_consent, make_member
from tests.curation.consensus.naive_model import NaiveModel, Said
from tests.stories.batches import expire, image_row

NUM_PEOPLE = 4
NUM_IMAGES = 2

people = st.integers(0, NUM_PEOPLE - 1)
images = st.integers(0, NUM_IMAGES - 1)
verdicts = st.sampled_from(Verdict)
some_reasons = st.lists(st.sampled_from(Reason), min_size=1, max_size=3)


@contextmanager
def refusing(code: str) -> Iterator[None]:
    """The enclosed act is refused with this code."""
    with pytest.raises(Refused) as refusal:
        yield
    assert refusal.value.code == code


class StoryOfVotes(RuleBasedStateMachine):
    """One batch of two images, four volunteers, one organiser."""

    acts = Bundle("acts")

    def __init__(self) -> None:
        super().__init__()
        self.story = transaction.atomic()
        self.story.__enter__()
        self.model = NaiveModel()

    @initialize()
    def begin(self) -> None:
        project = Project.objects.create(slug="story", name="A story")
        self.organiser = make_member(project, "oda", Role.ORGANISER)
        self.people = [make_member(project, f"p{n}", Role.VOLUNTEER) for n in range(NUM_PEOPLE)]
        self.subject = Subject.objects.create(project=project, slug="mona", name="Mona")
        make_consent(self.subject, self.organiser)
        self.images = [image_row(self.subject, number) for number in range(1, NUM_IMAGES + 1)]
        (self.batch,) = cut_batches(subject=self.subject, size=9, actor=self.organiser)
        self.items = list(self.batch.items.order_by("position"))

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.story.__exit__(None, None, None)

    # What people do

    @rule(who=people)
    def assign(self, who: int) -> None:
        if self.model.is_closed:
            with pytest.raises(BatchClosed):
                assign_batch(batch=self.batch, volunteer=self.people[who], actor=self.organiser)
            return
        assign_batch(batch=self.batch, volunteer=self.people[who], actor=self.organiser)
        self.model.leases[who] = "live"

    @rule(who=people)
    def time_runs_out(self, who: int) -> None:
        expire(self.batch, self.people[who])
        if self.model.leases.get(who) == "live":
            self.model.leases[who] = "expired"

    @rule(who=people)
    def give_back(self, who: int) -> None:
        if who not in self.model.leases:
            with pytest.raises(NotAssigned):
                return_batch(batch=self.batch, actor=self.people[who])
            return
        return_batch(batch=self.batch, actor=self.people[who])
        self.model.leases[who] = "returned"

    @rule(who=people)
    def revoke(self, who: int) -> None:
        if who not in self.model.leases:
            with pytest.raises(NotFound):
                revoke_batch(batch=self.batch, volunteer=self.people[who], actor=self.organiser)
            return
        revoke_batch(batch=self.batch, volunteer=self.people[who], actor=self.organiser)
        self.model.leases[who] = "returned"

    @rule()
    def close(self) -> None:
        close_batch(batch=self.batch, actor=self.organiser)
        self.model.is_closed = True

    @rule()
    def reopen(self) -> None:
        reopen_batch(batch=self.batch, actor=self.organiser)
        self.model.is_closed = False

    @rule(target=acts, who=people, what=images, verdict=verdicts, reasons=some_reasons)
    def cast(
        self, who: int, what: int, verdict: Verdict, reasons: list[Reason]
    ) -> tuple[int, int, Verdict, UUID] | None:
        reasons = reasons if verdict is Verdict.REJECT else []
        key = uuid4()
        refused = self.model.refusal(who)
        if not refused and (who, what) not in self.model.votes and not self.model.is_wanted(what):
            refused = "enough_votes"
        if refused:
            with refusing(refused):
                self._cast(who, what, verdict, reasons, key)
            return None
        vote = self._cast(who, what, verdict, reasons, key)
        said = (verdict.value, join_reasons(reasons))
        assert vote is not None
        assert (vote.verdict, vote.reason_codes) == said
        if self.model.votes.get((who, what)) == said:
            return None  # nothing happened, so there is no act to send again
        self.model.votes[who, what] = said
        self.model.num_events += 1
        return who, what, verdict, key

    @rule(act=acts)
    def the_same_act_arrives_again(self, act: tuple[int, int, Verdict, UUID] | None) -> None:
        if act is None:
            return
        who, what, verdict, key = act
        reasons = [Reason.OTHER_FACE] if verdict is Verdict.REJECT else []
        vote = self._cast(who, what, verdict, reasons, key)
        stands = self.model.votes.get((who, what))
        assert (vote and (vote.verdict, vote.reason_codes)) == stands

    @rule(who=people, what=images)
    def take_back(self, who: int, what: int) -> None:
        key = uuid4()

        def send() -> None:
            take_back_vote(item_id=self.items[what].pk, volunteer=self.people[who], client_key=key)

        if refused := self.model.refusal(who):
            with refusing(refused):
                send()
            return
        send()
        send()
        if self.model.votes.pop((who, what), None):
            self.model.num_events += 1

    @rule(what=images, keep=st.booleans())
    def settle(self, what: int, keep: bool) -> None:  # noqa: FBT001, drawn by hypothesis
        settle(
            image=self.images[what],
            verdict=Verdict.KEEP if keep else Verdict.REJECT,
            reasons=[] if keep else [Reason.DUPLICATE],
            actor=self.organiser,
        )
        self.model.rulings[what] = "kept" if keep else "rejected"

    @rule(what=images)
    def withdraw(self, what: int) -> None:
        withdraw_ruling(image=self.images[what], actor=self.organiser)
        self.model.rulings.pop(what, None)

    # What always holds

    @invariant()
    def current_votes_are_those_of_the_model(self) -> None:
        stored = {
            (vote.volunteer_id, vote.image_id): (vote.verdict, vote.reason_codes)
            for vote in Vote.objects.all()
        }
        assert stored == {
            (self.people[who].pk, self.images[what].pk): said
            for (who, what), said in self.model.votes.items()
        }

    @invariant()
    def history_leads_to_the_current_votes(self) -> None:
        replayed: dict[tuple[int, int], Said] = {}
        events = list(VoteEvent.objects.order_by("pk"))
        assert len(events) == self.model.num_events
        for event in events:
            where = (event.volunteer_id, event.image_id)
            if event.verdict:
                assert replayed.get(where) != (event.verdict, event.reason_codes)
                replayed[where] = (event.verdict, event.reason_codes)
            else:
                del replayed[where]
        stored = Vote.objects.values_list("volunteer", "image", "verdict", "reason_codes")
        assert replayed == {(who, what): (said, why) for who, what, said, why in stored}

    @invariant()
    def no_image_has_more_than_three_votes(self) -> None:
        assert all(image.votes.count() <= 3 for image in self.images)

    @invariant()
    def what_is_kept_of_votes_is_what_counting_them_gives(self) -> None:
        kept = dict(ImageTally.objects.values_list("image", "packed"))
        for image in self.images:
            votes = list(image.votes.values_list("verdict", flat=True))
            assert unpacked(kept.get(image.pk, 0)) == tally_of(votes)
        assert numbers_that_occur(self.subject) == sorted(set(kept.values()))

    @invariant()
    def decisions_are_those_of_the_model(self) -> None:
        decisions = {
            each.number - 1: each
            for each in decisions_on(Image.objects.filter(subject=self.subject))
        }
        expected = {what: self.model.decision(what) for what in range(NUM_IMAGES)}
        assert {what: each.outcome.value for what, each in decisions.items()} == expected
        counts = state_counts(self.subject)
        assert counts.kept == list(expected.values()).count("kept")
        assert counts.judged == sum(outcome != "pending" for outcome in expected.values())
        for outcome in Outcome:
            with_it = [what for what, each in expected.items() if each == outcome.value]
            found = images_with(self.subject, outcome)
            assert sorted(image.number - 1 for image in found) == with_it
            assert counts.by_outcome[outcome] == len(with_it)

    @invariant()
    def the_desk_opens_exactly_what_a_vote_would_be_taken_for(self) -> None:
        for who, person in enumerate(self.people):
            for what, each in enumerate(desk_items(self.batch, person)):
                voted = (who, what) in self.model.votes
                assert (each.mine is not None) == voted
                assert each.is_open == (voted or self.model.is_wanted(what))

    @invariant()
    def progress_agrees_with_the_model(self) -> None:
        progress = progress_of_batch(self.batch)
        unwanted = [what for what in range(NUM_IMAGES) if not self.model.is_wanted(what)]
        assert progress.num_judged == len(unwanted)
        for share in progress.shares:
            who = self.people.index(share.volunteer)
            assert share.state.value == self.model.leases[who]
            assert share.num_votes == sum(voter == who for voter, _what in self.model.votes)
        for who, person in enumerate(self.people):
            held = batches_held_by(person)
            assert bool(held) == (self.model.leases.get(who) == "live" and not self.model.is_closed)
            if held:
                assert held[0].num_left == self.model.left_for(who, NUM_IMAGES)

    def _cast(
        self, who: int, what: int, verdict: Verdict, reasons: list[Reason], key: UUID
    ) -> Vote | None:
        return cast_vote(
            item_id=self.items[what].pk,
            volunteer=self.people[who],
            verdict=verdict,
            reasons=reasons,
            client_key=key,
        )


def tell(*, num_stories: int, num_steps: int) -> None:
    given = settings(
        max_examples=num_stories,
        stateful_step_count=num_steps,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(StoryOfVotes, settings=given)


@pytest.mark.django_db
def test_every_story_of_votes_agrees_with_the_model() -> None:
    tell(num_stories=6, num_steps=25)


@pytest.mark.slow
@pytest.mark.django_db
def test_many_long_stories_of_votes_agree_with_the_model() -> None:
    tell(num_stories=40, num_steps=50)
