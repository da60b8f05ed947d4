"""How well a subject's pictures are judged: by reason, the worst first, and by volunteer. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from curation.consensus.agreement import KEEP, Opinion, voice_of
from curation.consensus.quality.judgements import Judged
from curation.consensus.quality.kappa import Kappa, cohen, fleiss
from curation.manual.reasons import Reason
from curation.manual.verdicts import Verdict

KEYS = (KEEP, *(reason.value for reason in Reason))
"""What can be said of a picture, by its code; whoever names several reasons says each."""
FEWEST_NAMED = 5
"""Of a reason that was named on fewer pictures nothing is said."""
FIRST = 2
"""So many votes on each picture are compared: later ones are asked for only where these differ."""


@dataclass(frozen=True, kw_only=True, slots=True)
class OfReason:
    """How far people agree on one reason, or on keeping."""

    key: str
    num: int
    """Pictures of which one of the first two said so."""
    both: int
    """And both."""
    kappa: Kappa | None


@dataclass(frozen=True, kw_only=True, slots=True)
class OfVolunteer:
    """How one person compares with what the others say, or an organiser said."""

    person_id: int
    num: int
    """Pictures that could be compared."""
    num_kept: int
    overlooked: int
    """Kept by them, and rejected by the others."""
    overstrict: int
    """Rejected by them, and kept by the others."""
    most_overlooked: str | None
    """Code of the reason that the others named most often of those."""
    kappa: Kappa | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Quality:
    """All figures of one subject."""

    keep_or_reject: Kappa | None
    reasons: list[OfReason]
    """The worst first; those of too few pictures to say come last."""
    confusion: dict[str, Counter[str]]
    """By what the others say: how often one person said what of it."""
    volunteers: list[OfVolunteer]
    """Who agrees least first; those of too few pictures to say come last."""


Row = TypeVar("Row", OfReason, OfVolunteer)


def quality_of(pictures: Sequence[Judged]) -> Quality:
    """The figures of these pictures."""
    first = list(_first_votes(pictures))
    compared = list(_compared(pictures))
    by_person: dict[int, list[tuple[Opinion, Opinion]]] = defaultdict(list)
    for who, mine, theirs in compared:
        by_person[who].append((mine, theirs))
    return Quality(
        keep_or_reject=_fleiss_of([(one.verdict, other.verdict) for one, other in first]),
        reasons=_by_kappa([_of_reason(key, first) for key in KEYS]),
        confusion=_confusion(compared),
        volunteers=_by_kappa(
            [_of_volunteer(person, pairs) for person, pairs in sorted(by_person.items())]
        ),
    )


def said(opinion: Opinion) -> list[str]:
    """The codes of what somebody said."""
    return [reason.value for reason in opinion.reasons] or [opinion.verdict]


def _first_votes(pictures: Iterable[Judged]) -> Iterator[tuple[Opinion, Opinion]]:
    for each in pictures:
        two = tuple(each.opinions.values())[:FIRST]
        if len(two) == FIRST and all(given.verdict != Verdict.UNSURE for given in two):
            yield two[0], two[1]


def _fleiss_of(pairs: Sequence[tuple[str, str]]) -> Kappa | None:
    yes = np.array([pair.count(KEEP) for pair in pairs], dtype=int)
    return fleiss(yes, np.full(len(yes), FIRST))


def _of_reason(key: str, first: Sequence[tuple[Opinion, Opinion]]) -> OfReason:
    yes = np.array([(key in said(one)) + (key in said(other)) for one, other in first], dtype=int)
    num = int(np.count_nonzero(yes))
    return OfReason(
        key=key,
        num=num,
        both=int(np.count_nonzero(yes == FIRST)),
        kappa=fleiss(yes, np.full(len(yes), FIRST)) if num >= FEWEST_NAMED else None,
    )


def _compared(pictures: Iterable[Judged]) -> Iterator[tuple[int, Opinion, Opinion]]:
    """Who, what they said, and what all others say of the same picture."""
    for each in pictures:
        for person, mine in each.opinions.items():
            if mine.verdict == Verdict.UNSURE:
                continue
            others = [their for who, their in each.opinions.items() if who != person]
            voice = voice_of(others, each.ruling)
            if voice is not None:
                yield person, mine, voice


def _confusion(compared: Iterable[tuple[int, Opinion, Opinion]]) -> dict[str, Counter[str]]:
    found: dict[str, Counter[str]] = {key: Counter() for key in KEYS}
    for _who, mine, theirs in compared:
        for key in said(theirs):
            found[key].update([key] if key in said(mine) else said(mine))
    return {key: counts for key, counts in found.items() if counts}


def _of_volunteer(person_id: int, pairs: Sequence[tuple[Opinion, Opinion]]) -> OfVolunteer:
    mine = np.array([own.verdict == KEEP for own, _ in pairs])
    theirs = np.array([voice.verdict == KEEP for _, voice in pairs])
    overlooked = Counter(
        reason.value
        for own, voice in pairs
        if own.verdict == KEEP and voice.verdict != KEEP
        for reason in voice.reasons
    )
    return OfVolunteer(
        person_id=person_id,
        num=len(pairs),
        num_kept=int(np.count_nonzero(mine)),
        overlooked=int(np.count_nonzero(mine & ~theirs)),
        overstrict=int(np.count_nonzero(~mine & theirs)),
        most_overlooked=max(overlooked, key=lambda key: overlooked[key], default=None),
        kappa=cohen(mine, theirs),
    )


def _by_kappa(rows: Iterable[Row]) -> list[Row]:
    """Those of which nobody was asked are left out."""
    there = [row for row in rows if row.num]
    return sorted(there, key=lambda row: (row.kappa is None, row.kappa.value if row.kappa else 0))
