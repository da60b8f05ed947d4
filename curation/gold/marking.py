"""Whether an answer to gold is right, and at what a person is weakest. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from curation.manual.reasons import Reason
from curation.manual.verdicts import Verdict

KEPT = Verdict.KEEP.value
"""Stands among the codes of reasons for pictures that are to be kept."""


@dataclass(frozen=True, slots=True)
class Said:
    """A verdict with its reasons, whoever gave it."""

    verdict: str
    reasons: tuple[Reason, ...] = ()


def is_right(said: Said, known: Said) -> bool:
    """Whether the verdict is the known one and, of a rejection, one of the known reasons was named.

    Who adds another reason to it is right as well: whoever marked the picture may have left it out.
    """
    if said.verdict != known.verdict:
        return False
    return known.verdict != Verdict.REJECT or any(each in known.reasons for each in said.reasons)


def keys_of(said: Said) -> list[str]:
    """What an answer counts for: its reasons by their codes, else its verdict."""
    return [reason.value for reason in said.reasons] or [said.verdict]


def expected_error(*, asked: int, right: int) -> float:
    """How likely somebody is to be wrong the next time. Who was never asked is half known."""
    return (asked - right + 1) / (asked + 2)


def shares_by_weakness(
    errors: Mapping[str, float], stock: Mapping[str, int], num: int
) -> dict[str, int]:
    """Of `num` pictures how many there are to be of each key, the more the likelier an error.

    None gets more than its stock, and all of `num` is given out if the stock suffices. After
    D'Hondt: the next goes where the error, over what was given there already, is the largest.
    """
    given = dict.fromkeys(sorted(stock), 0)
    for _ in range(min(num, sum(stock.values()))):
        open_keys = [key for key in given if given[key] < stock[key]]
        given[max(open_keys, key=lambda key: errors[key] / (given[key] + 1))] += 1
    return given
