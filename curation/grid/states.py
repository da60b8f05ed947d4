"""What has become of pictures, as far as one viewer may know it, for the database to choose by."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import QuerySet

from curation.batches.models import Assignment, BatchItem
from curation.consensus.blind import images_to_judge
from curation.consensus.selectors import kinds_of_tallies
from curation.grid.sql import NEVER, Part, all_of, any_of, none_of, numbers_in
from curation.projects.models import User
from curation.subjects.models import Subject
from curation.votes.models import Verdict
from curation.votes.voting_rule import Outcome


class State(StrEnum):
    """The decision, where pending is told apart by whether anybody is asked."""

    KEPT = "kept"
    REJECTED = "rejected"
    CONTESTED = "contested"
    WANTED = "wanted"
    """In a batch, and votes are wanted."""
    NEW = "new"
    """In no batch yet, and nothing is decided."""


_OUTCOMES = {
    State.KEPT: (Outcome.KEPT, Verdict.KEEP),
    State.REJECTED: (Outcome.REJECTED, Verdict.REJECT),
    State.CONTESTED: (Outcome.CONTESTED, None),
}
DECIDED = tuple(_OUTCOMES)


def state_of(outcome: Outcome, *, is_in_batch: bool) -> State:
    """The state of an image of which nothing is hidden. Pure."""
    for state, (of, _verdict) in _OUTCOMES.items():
        if of is outcome:
            return state
    return State.WANTED if is_in_batch else State.NEW


def hidden_from(viewer: User, subject: Subject) -> QuerySet[BatchItem, int] | None:
    """The ids of images of which the viewer learns nothing but that votes are wanted, if any.

    One query, for nearly everybody: who was handed no batch is spared the condition.
    """
    if not Assignment.objects.filter(volunteer=viewer, batch__subject=subject).exists():
        return None
    return images_to_judge(viewer, subject)


@dataclass(frozen=True, slots=True)
class StateConditions:
    """Conditions on `t`, `r` and `b`: an image's tally, ruling and place in a batch, if any.

    Votes that are hidden from everybody who may be asked yet are those on wanted images, so no
    other state tells of them; what is hidden from this viewer is wanted, whatever was said of it.
    """

    kinds: dict[Outcome, list[int]]
    """The packed tallies that occur, by what they decide."""
    hidden: Part

    @classmethod
    def of(cls, subject: Subject, hidden: Part) -> StateConditions:
        """One query."""
        kinds: dict[Outcome, list[int]] = defaultdict(list)
        for number, outcome in kinds_of_tallies(subject).items():
            kinds[outcome].append(number)
        return cls(kinds, hidden)

    def any_state(self, states: tuple[State, ...]) -> Part:
        """In one of these states."""
        return any_of(self.state(each) for each in states)

    def state(self, state: State) -> Part:
        """In this state."""
        if state in _OUTCOMES:
            return self._shown([self._decided(*_OUTCOMES[state])])
        if state is State.NEW:
            return self._shown([self._undecided(), Part("b.id IS NULL")])
        wanted = all_of([self._undecided(), Part("b.id IS NOT NULL")])
        return wanted if self.hidden is NEVER else any_of([self.hidden, wanted])

    def _shown(self, parts: list[Part]) -> Part:
        return all_of(parts if self.hidden is NEVER else [*parts, none_of(self.hidden)])

    def _decided(self, outcome: Outcome, verdict: Verdict | None) -> Part:
        tallies = numbers_in("t.packed", self.kinds[outcome])
        by_votes = all_of([Part("r.verdict IS NULL"), tallies])
        if verdict is None:
            return by_votes
        return any_of([Part("r.verdict = %s", (verdict.value,)), by_votes])

    def _undecided(self) -> Part:
        pending = numbers_in("t.packed", self.kinds[Outcome.PENDING])
        unvoted = Part("t.packed IS NULL")
        return all_of([Part("r.verdict IS NULL"), any_of([unvoted, pending])])
