"""All that speaks for keeping one picture or against it, each thing by itself.

In log-odds, the natural logarithm of how many times likelier it is that the picture is to be kept:
0 is even, 2.2 nine times, 4.6 a hundred times. What is independent given the truth adds up; so
votes are added for each truth by itself, and a reason that everybody is bad at stays unlikely to
be seen however many have looked.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from curation.votes.aggregation.answers import ANOTHER_PERSON, KEEP, TRUTHS, possible
from curation.votes.aggregation.dawid_skene import Fit, Rows, log_likelihoods

MACHINE_CAP = 4.0
"""The machine says no more than this either way: about what one good volunteer says."""

_KEEP = TRUTHS.index(KEEP)
_ANOTHER = [TRUTHS.index(truth) for truth in ANOTHER_PERSON]
_REJECTS = [place for place in range(len(TRUTHS)) if place != _KEEP]

ByTruth = tuple[float, ...]
"""(T,) log-likelihoods."""


class Kind(StrEnum):
    SUBJECT = "subject"
    """How many of the subject's pictures are to be kept."""
    MACHINE = "machine"
    VOTE = "vote"


@dataclass(frozen=True, slots=True)
class Heard:
    """A vote, as what it says of each truth by its caster's matrix."""

    person: int
    by_truth: ByTruth


@dataclass(frozen=True, slots=True)
class Factor:
    """One thing that speaks for a picture or against it, after those that stand before it."""

    kind: Kind
    person: int | None
    """Who voted."""
    log_odds: float
    """By how much it moved them: above 0 for keeping."""


@dataclass(frozen=True, slots=True)
class Odds:
    """Everything together."""

    log_odds: float
    """To be kept, against all reasons to reject it."""
    log_odds_over_another: float
    """To be kept, against being somebody else's picture."""
    num_votes: int


@dataclass(frozen=True, slots=True)
class Evidence(Odds):
    """The same, and what it is made of."""

    factors: tuple[Factor, ...]
    """They add up to `log_odds`. What each adds depends on those before it, the sum does not."""


def machine_log_odds(score: float, base: float) -> float:
    """What a calibrated score says by itself, uncapped.

    `score` is how likely the picture is to be kept, `base` how likely any was among those that
    the score was calibrated on, both within 0 and 1.
    """
    return _logit(score) - _logit(base)


def leaning(machine: float | None, *, look_alike_near: bool) -> ByTruth:
    """What the machine says of each truth: capped, and never whether it is a look-alike near by.

    Where one is near it can say that nothing else is wrong: keeping and an absent subject stay
    as likely, beside each other, as they were. That something is wrong says nothing there, as it
    could be the look-alike. `machine` are log-odds, None where it has no score.
    Raises ValueError where they are no number.
    """
    if machine is not None and math.isnan(machine):
        raise ValueError("the machine's log-odds are no number")
    capped = max(-MACHINE_CAP, min(MACHINE_CAP, machine or 0.0))
    if look_alike_near:
        alike = {_KEEP, *_ANOTHER}
        return tuple(max(capped, 0.0) if place in alike else 0.0 for place in range(len(TRUTHS)))
    return tuple(capped if place == _KEEP else 0.0 for place in range(len(TRUTHS)))


def heard(fit: Fit, person: int, said: Rows) -> Heard:
    """A vote that names the answers `said` (A,)."""
    logs = log_likelihoods(fit.matrices[person][None], np.zeros(1, np.intp), said[None])
    return Heard(person, tuple(logs[0].tolist()))


def odds_of(
    shares: Sequence[float],
    votes: Sequence[Heard],
    *,
    machine: float | None,
    look_alike_near: bool,
) -> Odds:
    """What `weigh` comes to, to the last bit, without saying what each thing added.

    `shares` (T,) say how many of the subject's pictures are what, `machine` is uncapped.
    """
    said = _all_said(shares, votes, machine=machine, look_alike_near=look_alike_near)
    sums = _sums([each for _, _, each in said])
    return Odds(_against(sums, _REJECTS), _against(sums, _ANOTHER), len(votes))


def weigh(
    shares: Sequence[float],
    votes: Sequence[Heard],
    *,
    machine: float | None,
    look_alike_near: bool,
) -> Evidence:
    """The evidence of one picture: see `odds_of`."""
    said = _all_said(shares, votes, machine=machine, look_alike_near=look_alike_near)
    factors, before = [], 0.0
    for number, (kind, person, _) in enumerate(said, start=1):
        after = _against(_sums([each for _, _, each in said[:number]]), _REJECTS)
        factors.append(Factor(kind, person, after - before))
        before = after
    sums = _sums([each for _, _, each in said])
    return Evidence(before, _against(sums, _ANOTHER), len(votes), tuple(factors))


def _all_said(
    shares: Sequence[float],
    votes: Sequence[Heard],
    *,
    machine: float | None,
    look_alike_near: bool,
) -> list[tuple[Kind, int | None, ByTruth]]:
    can_be = possible(look_alike_near=look_alike_near)
    subject = tuple(
        math.log(max(share, 1e-10)) if can else -math.inf
        for share, can in zip(shares, can_be, strict=True)
    )
    said: list[tuple[Kind, int | None, ByTruth]] = [(Kind.SUBJECT, None, subject)]
    if machine is not None:
        said.append((Kind.MACHINE, None, leaning(machine, look_alike_near=look_alike_near)))
    return said + [(Kind.VOTE, vote.person, vote.by_truth) for vote in votes]


def _sums(parts: Sequence[ByTruth]) -> ByTruth:
    """Rounded once, so that their order changes no bit."""
    return tuple(math.fsum(each) for each in zip(*parts, strict=True))


def _against(sums: ByTruth, places: Sequence[int]) -> float:
    highest = max(sums[place] for place in places)
    total = math.fsum(math.exp(sums[place] - highest) for place in places)
    return sums[_KEEP] - highest - math.log(total)


def _logit(share: float) -> float:
    bounded = min(max(share, 1e-9), 1 - 1e-9)
    return math.log(bounded / (1 - bounded))
