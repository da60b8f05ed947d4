"""What has become of pictures, as far as one viewer may know it, for the database to choose by."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import QuerySet

from curation.batches.models import Assignment, BatchItem
from curation.consensus.blind import images_to_judge
from curation.consensus.selectors import kinds_of_tallies
from curation.grid.sql import (
    ITEMS,
    NEVER,
    RULINGS,
    TALLIES,
    VOTES,
    Part,
    all_of,
    any_of,
    none_of,
    numbers_in,
)
from curation.manual.reasons import Reason
from curation.manual.verdicts import Verdict
from curation.projects.models import User
from curation.subjects.models import Subject
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
_DECISIVE = {outcome for outcome, _verdict in _OUTCOMES.values()}
_NO_RULING = Part(f"NOT EXISTS (SELECT 1 FROM {RULINGS} r WHERE r.image_id = m.image_id)")  # noqa: S608, our tables
_IN_A_BATCH = Part(f"EXISTS (SELECT 1 FROM {ITEMS} b WHERE b.image_id = m.image_id)")  # noqa: S608, our tables


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
class Narrowed:
    """What leaves some images of `m`, the rows of measures."""

    images: Part | None = None
    """A query for the ids of images, each once, that those left are among. Joined: were it a
    condition, PostgreSQL would not know how many they are, and look each of 200,000 up."""
    conditions: tuple[Part, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class StateConditions:
    """Which images are in a state, as far as a viewer may know.

    Votes that are hidden from everybody who may be asked yet are those on wanted images, so no
    other state tells of them; what is hidden from this viewer is wanted, whatever was said of it.
    """

    subject_id: int
    kinds: dict[Outcome, list[int]]
    """The packed tallies that occur, by what they decide."""
    hidden: Part

    @classmethod
    def of(cls, subject: Subject, hidden: Part) -> StateConditions:
        """One query."""
        kinds: dict[Outcome, list[int]] = defaultdict(list)
        for number, outcome in kinds_of_tallies(subject).items():
            kinds[outcome].append(number)
        return cls(subject_id=subject.pk, kinds=kinds, hidden=hidden)

    def state(self, state: State) -> Narrowed:
        """In this state."""
        if state in _OUTCOMES:
            return self.decided_as(state)
        if state is State.NEW:
            return Narrowed(conditions=self._shown(self._undecided(), none_of(_IN_A_BATCH)))
        wanted = all_of([self._undecided(), _IN_A_BATCH])
        either = wanted if self.hidden is NEVER else any_of([self.hidden, wanted])
        return Narrowed(conditions=(either,))

    def decided(self) -> Narrowed:
        """In one of DECIDED."""
        return Narrowed(conditions=self._shown(none_of(self._undecided())))

    def decided_as(self, state: State, reason: Reason | None = None) -> Narrowed:
        """In this one of DECIDED: by the ruling, else by the votes.

        With a reason, only those for which the ruling names it, or a vote.
        """
        outcome, verdict = _OUTCOMES[state]
        by_votes = [
            Part("t.subject_id = %s", (self.subject_id,)),
            numbers_in("t.packed", self.kinds[outcome]),
            Part(f"NOT EXISTS (SELECT 1 FROM {RULINGS} w WHERE w.image_id = t.image_id)"),  # noqa: S608, our tables
        ]
        by_ruling = [Part("w.verdict = %s", (verdict.value,)) if verdict else NEVER]
        if reason is not None:
            like = f"%{reason.value}%"
            named = (
                f"EXISTS (SELECT 1 FROM {VOTES} v WHERE v.image_id = t.image_id"  # noqa: S608, our tables
                " AND v.verdict = %s AND v.reason_codes LIKE %s)"
            )
            by_votes.append(Part(named, (Verdict.REJECT.value, like)))
            by_ruling.append(Part("w.reason_codes LIKE %s", (like,)))
        votes, ruling = all_of(by_votes), all_of(by_ruling)
        images = Part(
            f"SELECT t.image_id FROM {TALLIES} t WHERE {votes.sql} UNION ALL"  # noqa: S608, our tables
            f" SELECT w.image_id FROM {RULINGS} w WHERE {ruling.sql}",
            (*votes.parameters, *ruling.parameters),
        )
        return Narrowed(images, self._shown())

    def judged_out(self, condition: Part) -> Narrowed:
        """Those that fit the condition on `t`, a tally, and ask for no further vote, whatever was
        ruled. Votes on these are hidden from nobody."""
        over = [n for outcome in _DECISIVE for n in self.kinds[outcome]]
        fitting = all_of(
            [
                Part("t.subject_id = %s", (self.subject_id,)),
                numbers_in("t.packed", over),
                condition,
            ]
        )
        images = f"SELECT t.image_id FROM {TALLIES} t WHERE {fitting.sql}"  # noqa: S608, our tables
        return Narrowed(Part(images, fitting.parameters))

    def _shown(self, *parts: Part) -> tuple[Part, ...]:
        return parts if self.hidden is NEVER else (*parts, none_of(self.hidden))

    def _undecided(self) -> Part:
        """Nobody ruled, and the votes leave it open, if there are any."""
        over = [n for outcome, ns in self.kinds.items() for n in ns if outcome in _DECISIVE]
        numbers = numbers_in("t.packed", over)
        by_votes = (
            f"NOT EXISTS (SELECT 1 FROM {TALLIES} t"  # noqa: S608, our tables
            f" WHERE t.image_id = m.image_id AND {numbers.sql})"
        )
        return all_of([_NO_RULING, Part(by_votes)])
