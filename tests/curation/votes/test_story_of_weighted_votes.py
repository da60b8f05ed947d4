"""Any story of votes that count by their weight: stored is what weighing them anew gives."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from curation.batches.cut_batches import cut_batches
from curation.consensus.selectors import decisions_on, images_with, state_counts
from curation.consensus.settle import settle
from curation.consensus.withdraw_ruling import withdraw_ruling
from curation.gold.models import Gold
from curation.images.models import Image, Measures
from curation.manual.reasons import Reason
from curation.manual.verdicts import Verdict
from curation.projects.models import Project, Role, Rule
from curation.subjects.models import LookAlike, Subject
from curation.votes import fit_votes
from curation.votes.aggregation.evidence import weigh
from curation.votes.aggregation.stopping import STOPPING, is_watched, outcome, votes_wanted
from curation.votes.beliefs import beliefs_of
from curation.votes.cast_vote import cast_vote
from curation.votes.choose_rule import choose_rule
from curation.votes.desk import desk_items
from curation.votes.errors import EnoughVotes
from curation.votes.models import Fit, ImageTally, Vote
from curation.votes.start_fits import NoWeights, ask_for_fit
from curation.votes.take_back_vote import take_back_vote
from curation.votes.tallies import unpacked
from curation.votes.voting_rule import Outcome, Tally
from curation.votes.voting_rule import votes_wanted as wanted_by
from tests.conftest import make_consent, make_member
from tests.stories.batches import hand_out, image_row
from tests.stories.gold import gold

NUM_PEOPLE, NUM_IMAGES = 8, 4

people = st.integers(0, NUM_PEOPLE - 1)
images = st.integers(0, NUM_IMAGES - 1)
scores = st.floats(0, 1).map(lambda score: round(score, 4))


class StoryOfWeightedVotes(RuleBasedStateMachine):
    """One batch of four images, one of them watched; eight volunteers, an organiser, a machine."""

    def __init__(self) -> None:
        super().__init__()
        self.story = transaction.atomic()
        self.story.__enter__()
        self.frozen: dict[int, tuple[float | None, bool]] = {}
        """By image id, since its first vote."""
        self.rulings: dict[int, Outcome] = {}

    @initialize()
    def begin(self) -> None:
        self.project = Project.objects.create(
            slug="story", name="A story", rule=Rule.WEIGHTED, watch_seed="-"
        )
        self.admin = make_member(self.project, "oda", Role.ADMIN)
        self.people = [
            make_member(self.project, f"p{n}", Role.VOLUNTEER) for n in range(NUM_PEOPLE)
        ]
        self.subject = Subject.objects.create(project=self.project, slug="mona", name="Mona")
        make_consent(self.subject, self.admin)
        self.images = [image_row(self.subject, number) for number in range(1, NUM_IMAGES + 1)]
        self._watch(self.images[0])
        (self.batch,) = cut_batches(subject=self.subject, size=9, actor=self.admin)
        self.items = list(self.batch.items.order_by("position"))
        hand_out(self.batch, *self.people, by=self.admin)

    def _watch(self, image: Image) -> None:
        seeds = (str(number) for number in range(100_000))
        others = self.images[1:]
        self.project.watch_seed = next(
            seed
            for seed in seeds
            if is_watched(str(image.pk), seed=seed)
            and not any(is_watched(str(other.pk), seed=seed) for other in others)
        )
        self.project.save()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.story.__exit__(None, None, None)

    # What happens

    @rule(who=people, what=images, verdict=st.sampled_from(Verdict), why=st.sampled_from(Reason))
    def cast(self, who: int, what: int, verdict: Verdict, why: Reason) -> None:
        image, person = self.images[what], self.people[who]
        has_voted = Vote.objects.filter(image=image, volunteer=person).exists()
        is_wanted = has_voted or wanted_by(self._fresh(image)) > 0
        frozen = self._seen_now(image)
        try:
            cast_vote(
                item_id=self.items[what].pk,
                volunteer=person,
                verdict=verdict,
                reasons=[why] if verdict is Verdict.REJECT else [],
                client_key=uuid4(),
            )
        except EnoughVotes:
            assert not is_wanted
        else:
            assert is_wanted
            self.frozen.setdefault(image.pk, frozen)

    @rule(who=people, what=images)
    def take_back(self, who: int, what: int) -> None:
        take_back_vote(item_id=self.items[what].pk, volunteer=self.people[who], client_key=uuid4())

    @rule(what=images, keep=st.booleans())
    def settle(self, what: int, keep: bool) -> None:  # noqa: FBT001, drawn by hypothesis
        settle(
            image=self.images[what],
            verdict=Verdict.KEEP if keep else Verdict.REJECT,
            reasons=[] if keep else [Reason.BLURRY],
            actor=self.admin,
        )
        self.rulings[self.images[what].pk] = Outcome.KEPT if keep else Outcome.REJECTED

    @rule(what=images)
    def withdraw(self, what: int) -> None:
        withdraw_ruling(image=self.images[what], actor=self.admin)
        self.rulings.pop(self.images[what].pk, None)

    @rule(what=images, keep=st.booleans())
    def mark_gold(self, what: int, keep: bool) -> None:  # noqa: FBT001, drawn by hypothesis
        Gold.objects.filter(image=self.images[what]).delete()
        gold(self.images[what], *([Verdict.KEEP] if keep else [Verdict.REJECT, Reason.DRAWN]))

    @rule(what=images, suspicion=scores, near=st.booleans())
    def the_machine_looks(self, what: int, suspicion: float, near: bool) -> None:  # noqa: FBT001, drawn by hypothesis
        Measures.objects.filter(image=self.images[what]).update(
            suspicion_alone=suspicion, near_another=near
        )

    @rule()
    def somebody_like_them_is_named(self) -> None:
        LookAlike.objects.get_or_create(subject=self.subject, name="E", how_to_tell="the mole")

    @rule(pieces=st.integers(0, 3))
    def fit(self, pieces: int) -> None:
        """All of it, or only some pieces before its worker is killed."""
        self.project.refresh_from_db()
        if self.project.rule == Rule.PLAIN:
            with pytest.raises(NoWeights):
                ask_for_fit(subject=self.subject, actor=self.admin)
            return
        asked = ask_for_fit(subject=self.subject, actor=self.admin)
        before = asked.applied_to
        if pieces == 0:
            fit_votes.fit_votes(fit_id=asked.pk)
            self._note_near(before, 10**9)
            return
        fit = Fit.claim(asked.pk)
        assert fit is not None
        if not fit.digest:
            fit_votes._make(fit)
        for _ in range(pieces):
            fit_votes._weigh_some(fit)
        fit.put_back()
        self._note_near(before, fit.applied_to)

    @rule(which=st.sampled_from(Rule))
    def choose(self, which: Rule) -> None:
        choose_rule(project=self.project, rule=which, actor=self.admin)

    # What always holds

    @invariant()
    def what_is_stored_is_what_weighing_anew_gives(self) -> None:
        stored = dict(ImageTally.objects.values_list("image", "packed"))
        for image in self.images:
            if image.pk not in self.frozen:
                assert image.pk not in stored, "nobody ever voted on it"
                continue
            assert unpacked(stored[image.pk]) == self._fresh(image)
            assert unpacked(stored[image.pk]).total <= STOPPING.most_votes
            row = ImageTally.objects.get(image=image)
            assert (row.keep_score, row.look_alike_near) == self.frozen[image.pk]

    @invariant()
    def decisions_follow_from_it_and_from_rulings(self) -> None:
        fresh = {image.pk: self._fresh(image) for image in self.images}
        expected = {pk: self.rulings.get(pk) or _outcome_of(tally) for pk, tally in fresh.items()}
        decisions = decisions_on(Image.objects.filter(subject=self.subject))
        assert {each.image_id: each.outcome for each in decisions} == expected
        assert {each.image_id: each.tally for each in decisions} == fresh
        counts = state_counts(self.subject)
        for came in Outcome:
            found = set(images_with(self.subject, came).values_list("pk", flat=True))
            assert found == {pk for pk, each in expected.items() if each is came}
            assert counts.by_outcome[came] == len(found)

    @invariant()
    def the_desk_opens_what_a_vote_would_be_taken_for(self) -> None:
        for person in self.people[:2]:
            for image, each in zip(self.images, desk_items(self.batch, person), strict=True):
                assert each.is_open == (each.mine is not None or wanted_by(self._fresh(image)) > 0)

    # The same, computed by the book

    def _fresh(self, image: Image) -> Tally:
        votes = list(Vote.objects.filter(image=image).order_by("-pk"))
        said = [vote.verdict for vote in votes]
        counted = Tally(*(said.count(verdict) for verdict in ("keep", "reject", "unsure")))
        project = Project.objects.get(pk=self.project.pk)
        if project.rule == Rule.PLAIN:
            return counted
        if image.pk not in self.frozen:
            return _with(counted, Outcome.PENDING, 1)
        score, near = self.frozen[image.pk]
        fits = Fit.objects.filter(subject=self.subject, applied_to__gte=image.pk)
        newest = fits.order_by("-number").first()
        beliefs = beliefs_of(newest.digest if newest else "")
        evidence = weigh(
            beliefs.shares(look_alike_near=near),
            [beliefs.heard((v.volunteer_id, v.verdict, v.reason_codes)) for v in votes],
            machine=beliefs.machine(score),
            look_alike_near=near,
        )
        watched = is_watched(str(image.pk), seed=project.watch_seed)
        return _with(
            counted, outcome(evidence, watched=watched), votes_wanted(evidence, watched=watched)
        )

    def _seen_now(self, image: Image) -> tuple[float | None, bool]:
        seen = Measures.objects.get(image=image)
        score = None if seen.suspicion_alone is None else 1 - seen.suspicion_alone
        return score, seen.near_another or self._anybody_may_be_near()

    def _note_near(self, after: int, to: int) -> None:
        for pk, (score, near) in self.frozen.items():
            if after < pk <= to:
                seen = Measures.objects.get(image=pk)
                self.frozen[pk] = score, near or seen.near_another or self._anybody_may_be_near()

    def _anybody_may_be_near(self) -> bool:
        return LookAlike.objects.filter(subject=self.subject, sha256="").exists()


def _with(counted: Tally, came: Outcome, num_wanted: int) -> Tally:
    standing = {Outcome.PENDING: num_wanted, Outcome.KEPT: 6, Outcome.REJECTED: 7}
    number = standing.get(came, 8) * 1_000_000
    number += counted.keep + 100 * counted.reject + 10_000 * counted.unsure
    return unpacked(number)


def _outcome_of(tally: Tally) -> Outcome:
    if tally.weighed is not None:
        return tally.weighed.outcome
    if max(tally.keep, tally.reject) >= 2 and tally.keep != tally.reject:
        return Outcome.KEPT if tally.keep > tally.reject else Outcome.REJECTED
    return Outcome.PENDING if tally.total < 2 or _a_third_decides(tally) else Outcome.CONTESTED


def _a_third_decides(tally: Tally) -> bool:
    return tally.total == 2 and max(tally.keep, tally.reject) == 1 and tally.unsure < 2


def tell(*, num_stories: int, num_steps: int) -> None:
    given = settings(
        max_examples=num_stories,
        stateful_step_count=num_steps,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(StoryOfWeightedVotes, settings=given)


@pytest.mark.django_db
def test_every_story_of_weighted_votes_is_stored_as_weighing_them_anew_gives(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(fit_votes, "AT_ONCE", 1)
    tell(num_stories=8, num_steps=30)


@pytest.mark.slow
@pytest.mark.django_db
def test_many_long_stories_of_weighted_votes_are_stored_as_weighing_them_anew_gives(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(fit_votes, "AT_ONCE", 1)
    tell(num_stories=40, num_steps=60)
