"""How often somebody says what others say: by reason, and what they miss. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from curation.manual.reasons import Reason
from curation.manual.verdicts import Verdict

KEEP = Verdict.KEEP.value


@dataclass(frozen=True, slots=True)
class Opinion:
    """A verdict with its reasons."""

    verdict: str
    reasons: tuple[Reason, ...] = ()


@dataclass(slots=True)
class Agreement:
    """Of pictures that others reject for one reason, or keep: what one person said of them."""

    asked: int = 0
    agreed: int = 0
    kept: int = 0
    """They were kept where others saw the reason."""
    instead: Counter[Reason] = field(default_factory=Counter)
    """The reasons that were named in its place."""


def voice_of(others: Sequence[Opinion], ruling: Opinion | None) -> Opinion | None:
    """What all but one person say of a picture: the ruling, else the larger part of the others.

    Their reasons are those that any of them named. None where they do not lean to either side.
    """
    if ruling is not None:
        return ruling
    keeping = sum(each.verdict == Verdict.KEEP for each in others)
    rejecting = [each for each in others if each.verdict == Verdict.REJECT]
    if keeping == len(rejecting):
        return None
    if keeping > len(rejecting):
        return Opinion(KEEP)
    named = {reason for each in rejecting for reason in each.reasons}
    return Opinion(Verdict.REJECT.value, tuple(reason for reason in Reason if reason in named))


def agreements(pairs: Iterable[tuple[Opinion, Opinion]]) -> dict[str, Agreement]:
    """By code of a reason, or "keep": how what one person said compares with what others say.

    `pairs` hold the person's own opinion first. One who was unsure has said nothing that could
    be right or wrong. A picture with several reasons counts for each.
    """
    found: dict[str, Agreement] = {}
    for mine, theirs in pairs:
        if mine.verdict == Verdict.UNSURE:
            continue
        for key in [reason.value for reason in theirs.reasons] or [theirs.verdict]:
            _count(found.setdefault(key, Agreement()), key, mine)
    order = [KEEP, *(reason.value for reason in Reason)]
    return dict(sorted(found.items(), key=lambda each: order.index(each[0])))


def _count(agreement: Agreement, key: str, mine: Opinion) -> None:
    agreement.asked += 1
    if key in ([reason.value for reason in mine.reasons] or [mine.verdict]):
        agreement.agreed += 1
    elif mine.verdict == KEEP:
        agreement.kept += 1
    else:
        agreement.instead.update(mine.reasons)


def most_missed(found: dict[str, Agreement]) -> str | None:
    """The reason that others named most often on pictures that this person kept."""
    missed = {key: each.kept for key, each in found.items() if key != KEEP and each.kept}
    return max(missed, key=lambda key: missed[key], default=None)
