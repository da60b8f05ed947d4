"""What votes say of pictures and of those who cast them, where neither is known: by EM.

A. P. Dawid and A. M. Skene, "Maximum Likelihood Estimation of Observer Error-Rates Using the EM
Algorithm", Applied Statistics 28 (1979). In turn: how likely each truth is of each picture, by the
matrices of those who voted; and the matrix of each who votes, by what their pictures likely are.
Added to it are Dirichlet priors, so that few votes say little; pictures whose truth is known; and
what is known of a picture besides votes. With a prior of nothing it is theirs, and crowd-kit's.

Shapes: N pictures in S strata, P people, V votes, T truths, A answers. The first truth is that a
picture is to be kept, the first answer says so.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.float64]
Places = NDArray[np.intp]

_LEAST = 1e-10
"""No answer is impossible. crowd-kit's bound too."""
_AS_ALL = 2.0
"""So many rejects everybody is believed to have kept as often as all do."""
_MOST_KEPT = 0.98


@dataclass(frozen=True, slots=True, eq=False)
class Votes:
    """Who said what of which picture, in one order whatever order they come in."""

    pictures: Places
    """(V,) places among the pictures."""
    people: Places
    """(V,)."""
    said: Rows
    """(V, A) shares of the answers; each row adds up to 1."""

    def __post_init__(self) -> None:
        shapes = {len(self.pictures), len(self.people), len(self.said)}
        if len(shapes) != 1 or not np.allclose(self.said.sum(axis=1), 1):
            raise ValueError("each vote has a picture, a person and shares that add up to 1")
        order = np.lexsort((*self.said.T, self.people, self.pictures))
        for name in self.__slots__:
            object.__setattr__(self, name, getattr(self, name)[order])


@dataclass(frozen=True, slots=True, eq=False)
class Prior:
    """What is believed before the votes, as numbers of pictures and of answers."""

    truths: Rows
    """(S, T) pictures of each truth, by stratum."""
    answers: Rows
    """(T, A) answers to each truth, by whoever it was."""
    strength: float
    """So many answers to each truth everybody is believed to have given like all together, as to
    whether it is kept."""
    reasons: float
    """And so many as to what else is said."""
    carried: Rows
    """(P, T, A) answers of each person from earlier subjects."""
    possible: NDArray[np.bool_]
    """(S, T) whether a picture of the stratum can be this at all."""


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """What is known of each picture besides its votes."""

    strata: Places
    """(N,)."""
    leanings: Rows
    """(N, T) log-likelihoods, of the machine's score for one; zeros say nothing."""
    truths: Rows
    """(N, T) shares where it is gold, which add up to 1; else zeros."""

    @property
    def is_gold(self) -> NDArray[np.bool_]:
        is_gold: NDArray[np.bool_] = self.truths.sum(axis=1) > 0
        return is_gold

    @classmethod
    def nothing(cls, num: int, num_truths: int) -> Known:
        """Of `num` pictures."""
        empty = np.zeros((num, num_truths))
        return cls(np.zeros(num, np.intp), empty, empty)


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """What came of it."""

    posteriors: Rows
    """(N, T) how likely each truth is, 0 to 1; each row adds up to 1."""
    truths: Rows
    """(S, T) share of each truth among the pictures of a stratum. Gold was chosen, so it is
    not counted."""
    pooled: Rows
    """(T, A) how likely an answer to a truth is, of somebody unknown."""
    matrices: Rows
    """(P, T, A) the same, of each person."""
    counts: Rows
    """(P, T, A) answers that each gave, by what the pictures likely are; what was carried is not
    among them."""
    num_rounds: int = field(default=0)


def dawid_skene(
    votes: Votes,
    known: Known,
    prior: Prior,
    *,
    start: Rows | None = None,
    most_rounds: int = 100,
    tolerance: float = 1e-6,
    after_each: Callable[[], None] = lambda: None,
) -> Fit:
    """Both estimates, each by the other until no posterior moves by more than `tolerance`.

    Begins with `start` (N, T), else with the posteriors by the prior alone. Equal inputs give an
    equal fit, bit for bit on one machine; the order of votes does not matter. `after_each` is
    called after each round: of 600,000 votes one takes a fraction of a second.
    Raises ValueError where shapes do not fit together.
    """
    _check(votes, known, prior)
    heard = _Heard.of(votes)
    fit = (
        _by_prior(votes, heard, known, prior)
        if start is None
        else _maximised(start, votes, known, prior)
    )
    for number in range(1, most_rounds + 1):
        posteriors = _expected(votes, heard, known, prior, fit)
        moved = np.abs(posteriors - fit.posteriors).max(initial=0.0)
        fit = _maximised(posteriors, votes, known, prior, number)
        after_each()
        if moved <= tolerance:
            break
    return fit


def log_likelihoods(matrices: Rows, people: Places, said: Rows) -> Rows:
    """(V, T) how likely each vote is where each truth is so, as logarithms."""
    logs: Rows = np.einsum("va,vta->vt", said, np.log(np.maximum(matrices, _LEAST))[people])
    return logs


def _check(votes: Votes, known: Known, prior: Prior) -> None:
    num, num_truths = known.leanings.shape
    num_people, _, num_answers = prior.carried.shape
    fits = (
        known.truths.shape == (num, num_truths)
        and known.strata.shape == (num,)
        and prior.answers.shape == (num_truths, num_answers) == prior.carried.shape[1:]
        and prior.truths.shape == prior.possible.shape == (len(prior.truths), num_truths)
        and votes.said.shape[1] == num_answers
        and known.strata.max(initial=-1) < len(prior.truths)
        and votes.pictures.max(initial=-1) < num
        and votes.people.max(initial=-1) < num_people
    )
    if not fits:
        raise ValueError("votes, pictures and prior speak of different things")


@dataclass(frozen=True, slots=True, eq=False)
class _Heard:
    """What was said by whom, each once: of 600,000 votes there are some thousands of these."""

    people: Places
    said: Rows
    which: Places
    """(V,) the place among these of each vote."""

    @classmethod
    def of(cls, votes: Votes) -> _Heard:
        rows = np.column_stack([votes.people, votes.said])
        each, which = np.unique(rows, axis=0, return_inverse=True)
        return cls(each[:, 0].astype(np.intp), each[:, 1:], which.ravel())

    def log_likelihoods(self, matrices: Rows) -> Rows:
        """(V, T) of the votes."""
        heard: Rows = log_likelihoods(matrices, self.people, self.said)[self.which]
        return heard


def _by_prior(votes: Votes, heard: _Heard, known: Known, prior: Prior) -> Fit:
    """A fit to begin with: nobody has voted yet."""
    nobody = Votes(votes.pictures[:0], votes.people[:0], votes.said[:0])
    nothing = np.zeros_like(known.leanings)
    begun = _maximised(nothing, nobody, known, prior)
    return _maximised(_expected(votes, heard, known, prior, begun), votes, known, prior)


def _expected(votes: Votes, told: _Heard, known: Known, prior: Prior, fit: Fit) -> Rows:
    """The E step."""
    heard = told.log_likelihoods(fit.matrices)
    logs = known.leanings + np.log(np.maximum(fit.truths, _LEAST))[known.strata]
    if len(heard):
        voted_on, first = np.unique(votes.pictures, return_index=True)
        logs[voted_on] += np.add.reduceat(heard, first)
    logs[~prior.possible[known.strata]] = -np.inf
    likely = np.exp(logs - logs.max(axis=1, keepdims=True))
    posteriors: Rows = likely / likely.sum(axis=1, keepdims=True)
    return np.where(known.is_gold[:, None], known.truths, posteriors)


def _maximised(
    posteriors: Rows, votes: Votes, known: Known, prior: Prior, num_rounds: int = 0
) -> Fit:
    """The M step, with each prior added to what was counted."""
    truths = prior.truths.copy()
    for stratum in range(len(truths)):
        truths[stratum] += posteriors[(known.strata == stratum) & ~known.is_gold].sum(axis=0)
    counts = _counted(posteriors, votes, len(prior.carried))
    pooled = _shares(prior.answers + counts.sum(axis=0))
    matrices = _matrices(prior.carried + counts, pooled, prior)
    return Fit(posteriors, _shares(truths), pooled, matrices, counts, num_rounds)


def _matrices(answers: Rows, pooled: Rows, prior: Prior) -> Rows:
    """(P, T, A) of each person: how often they keep, and what else they say where they do not.

    The two are shrunk apart: people differ in what they overlook, and little in the reasons they
    give (a Dirichlet tree). Without a prior they are shares of the answers, as ever.
    """
    kept = np.tile(pooled[:, 0], (len(answers), 1))
    kept[:, 1:] = _kept_by_care(answers[:, 1:], pooled[1:, 0])
    sides = np.stack([kept, 1 - kept], axis=-1) * prior.strength
    sides[..., 0] += answers[..., 0]
    sides[..., 1] += answers[..., 1:].sum(axis=-1)
    sides = _shares(sides)
    else_said = _shares(prior.reasons * _shares(pooled[:, 1:]) + answers[..., 1:])
    return np.concatenate([sides[..., :1], sides[..., 1:] * else_said], axis=-1)


def _kept_by_care(answers: Rows, by_all: Rows) -> Rows:
    """(P, T - 1) how often each keeps what is to be rejected, were they alike in every reason.

    Whoever overlooks one reason seldom overlooks another seldom: how many rejects each kept,
    beside how many of the same all together would have (indirect standardisation).
    """
    missed = answers[..., 0].sum(axis=1) + _AS_ALL
    expected = (answers.sum(axis=2) * by_all).sum(axis=1) + _AS_ALL
    likely: Rows = np.minimum((missed / expected)[:, None] * by_all, _MOST_KEPT)
    return likely


def _counted(posteriors: Rows, votes: Votes, num_people: int) -> Rows:
    """(P, T, A) expected answers of each to each truth."""
    by_person = np.argsort(votes.people, kind="stable")
    ends = np.searchsorted(votes.people[by_person], np.arange(num_people + 1))
    likely, said = posteriors[votes.pictures[by_person]], votes.said[by_person]
    return np.array(
        [likely[start:end].T @ said[start:end] for start, end in pairwise(ends)]
    ).reshape(num_people, posteriors.shape[1], said.shape[1])


def _shares(counts: Rows) -> Rows:
    bounded = np.maximum(counts, _LEAST)
    shares: Rows = bounded / bounded.sum(axis=-1, keepdims=True)
    return shares
