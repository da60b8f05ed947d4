"""What a fit believes of a subject's pictures and of those who judge them, ready to weigh by."""

from __future__ import annotations

import hashlib
import io
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields
from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray

from curation.manual.reasons import split_reasons
from curation.votes.aggregation.answers import ANSWERS, KEEP, TRUTHS, said
from curation.votes.aggregation.carry_over import carried_over, first_prior
from curation.votes.aggregation.dawid_skene import Fit as Matrices
from curation.votes.aggregation.dawid_skene import Known, Prior, Rows, Votes, dawid_skene
from curation.votes.aggregation.evidence import Heard, heard, machine_log_odds
from curation.votes.models import Fit

_KEPT = ANSWERS.index(KEEP)

Said = tuple[int, str, str]
"""Who voted, their verdict, and the codes of its reasons as they are stored."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What is believed of one person, in shares from 0 to 1."""

    keeps_good: float
    """Of pictures that are to be kept, how many they keep."""
    passes_bad: float
    """Of those that are to be rejected, how many they keep."""
    num_answers: int
    """Votes on this subject and answers to its gold that it stands on, beside what was carried
    over."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Beliefs:
    """All that a fit found and what it began with, exactly."""

    people: NDArray[np.int64]
    """(P,) the ids of users, in order. A row after theirs stands for anybody else."""
    base: Rows
    """(1,) what the machine's frozen scores are on the average; not a number where there are
    none, and then it says nothing."""
    truths: Rows
    """(S, T), as the others in `curation.votes.aggregation.dawid_skene`."""
    pooled: Rows
    """(T, A)."""
    matrices: Rows
    """(P + 1, T, A)."""
    counts: Rows
    """(P + 1, T, A)."""
    prior_truths: Rows
    prior_answers: Rows
    carried: Rows
    """(P + 1, T, A)."""
    known: dict[Said, Heard] = field(default_factory=dict)
    """What was asked already."""

    def heard(self, vote: Said) -> Heard:
        """A vote, by what is believed of its caster."""
        if vote not in self.known:
            person, verdict, codes = vote
            answers = said(verdict, split_reasons(codes))
            by_truth = heard(self._matrices(), self._row_of(person), answers).by_truth
            self.known[vote] = Heard(person, by_truth)
        return self.known[vote]

    def record_of(self, person: int) -> Record:
        """How often they are right, by what the subject's pictures are."""
        row = self._row_of(person)
        kept, counts = self.matrices[row][:, _KEPT], self.counts[row]
        shares = self.truths.sum(axis=0)
        bad = np.arange(len(TRUTHS)) != TRUTHS.index(KEEP)
        return Record(
            keeps_good=float(kept[TRUTHS.index(KEEP)]),
            passes_bad=float(kept[bad] @ shares[bad] / shares[bad].sum()),
            num_answers=round(float(counts.sum())),
        )

    def _row_of(self, person: int) -> int:
        row = int(np.searchsorted(self.people, person))
        is_known = row < len(self.people) and self.people[row] == person
        return row if is_known else len(self.people)

    def shares(self, *, look_alike_near: bool) -> Sequence[float]:
        """(T,) how many of the subject's pictures are what."""
        shares: list[float] = self.truths[int(look_alike_near)].tolist()
        return shares

    def machine(self, keep_score: float | None) -> float | None:
        """The log-odds of a frozen score, uncapped; None where the machine has no say."""
        base = float(self.base[0])
        if keep_score is None or math.isnan(base):
            return None
        return machine_log_odds(keep_score, base)

    def prior_for(self, people: NDArray[np.int64]) -> Prior:
        """What is believed of `people` before the first vote on the next subject."""
        prior = first_prior(len(self.people) + 1)
        began = Prior(
            self.prior_truths,
            self.prior_answers,
            prior.strength,
            prior.reasons,
            self.carried,
            prior.possible,
        )
        after = carried_over(self._matrices(), began)
        carried = np.zeros((len(people) + 1, *after.carried.shape[1:]))
        carried[np.searchsorted(people, self.people)] = after.carried[:-1]
        return Prior(
            after.truths, after.answers, after.strength, after.reasons, carried, after.possible
        )

    def as_bytes(self) -> bytes:
        """Every number as it is, to the last bit; equal beliefs give equal bytes."""
        file = io.BytesIO()
        for name in _STORED:
            np.save(file, np.ascontiguousarray(getattr(self, name)), allow_pickle=False)
        return file.getvalue()

    @classmethod
    def from_bytes(cls, stored: bytes) -> Beliefs:
        file = io.BytesIO(stored)
        return cls(**{name: np.load(file, allow_pickle=False) for name in _STORED})

    @classmethod
    def of(
        cls, matrices: Matrices, prior: Prior, people: NDArray[np.int64], base: float
    ) -> Beliefs:
        """What came of the votes of `people`, and of anybody, whose row is the last."""
        return cls(
            people=people,
            base=np.array([base]),
            truths=matrices.truths,
            pooled=matrices.pooled,
            matrices=matrices.matrices,
            counts=matrices.counts,
            prior_truths=prior.truths,
            prior_answers=prior.answers,
            carried=prior.carried,
        )

    def _matrices(self) -> Matrices:
        nothing = np.zeros((0, len(TRUTHS)))
        return Matrices(nothing, self.truths, self.pooled, self.matrices, self.counts)


_STORED = tuple(each.name for each in fields(Beliefs) if each.name != "known")


@cache
def first_beliefs() -> Beliefs:
    """Before any fit: most people see most, and the machine says nothing, as nobody knows yet how
    its scores are to be read."""
    prior, nobody = first_prior(1), np.zeros(0, np.int64)
    no_votes = Votes(nobody.astype(np.intp), nobody.astype(np.intp), np.zeros((0, _num_answers())))
    matrices = dawid_skene(no_votes, Known.nothing(0, len(TRUTHS)), prior)
    return Beliefs.of(matrices, prior, nobody, math.nan)


def _num_answers() -> int:
    return len(said("keep"))


@lru_cache(maxsize=64)
def beliefs_of(digest: str) -> Beliefs:
    """Those with this digest; blank are the first. Once a process: what was made never changes."""
    if not digest:
        return first_beliefs()
    fit = Fit.objects.filter(digest=digest).only("data").order_by("pk")[0]
    return Beliefs.from_bytes(bytes(fit.data))


def digest_of(parts: Iterable[bytes]) -> str:
    """SHA-256 of these, one after the other, each with its length."""
    found = hashlib.sha256()
    for part in parts:
        found.update(len(part).to_bytes(8, "big"))
        found.update(part)
    return found.hexdigest()
