"""Which gold somebody is given. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from curation.gold.marking import KEPT, shares_by_weakness

KEEPS_IN_PRACTICE = 2


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """A gold picture that somebody could be given."""

    image_id: int
    number: int
    keys: tuple[str, ...]
    """What its answer counts for, see `marking.keys_of`."""


def chosen_to_hide(
    candidates: Sequence[Candidate],
    errors: Mapping[str, float],
    num: int,
    *,
    near: tuple[int, int],
    seed: str,
) -> list[int]:
    """Ids of `num` pictures, the more of a key the likelier its person is wrong there.

    `errors` has every key. Pictures whose numbers lie by the span `near` come first: they look most
    like those that they are hidden among, and their numbers stand out least.
    """
    by_key: dict[str, list[Candidate]] = defaultdict(list)
    for each in _mixed(candidates, seed):
        by_key[max(each.keys, key=lambda key: errors[key])].append(each)
    stock = {key: len(found) for key, found in by_key.items()}
    picked: list[Candidate] = []
    for key, share in shares_by_weakness(errors, stock, num).items():
        picked += sorted(by_key[key], key=lambda each: _distance(each.number, near))[:share]
    return [each.image_id for each in _mixed(picked, seed)]


def chosen_to_practise(
    candidates: Sequence[Candidate], reasons: Sequence[str], *, seed: str
) -> list[int]:
    """Ids of one picture for each of the reasons that there is one for, and of some to keep."""
    open_ones = _mixed(candidates, seed)
    picked: list[Candidate] = []
    for key in [*reasons, *[KEPT] * KEEPS_IN_PRACTICE]:
        # One whose only reason it is shows it best.
        found = [each for each in open_ones if key in each.keys and each not in picked]
        picked += sorted(found, key=lambda each: len(each.keys))[:1]
    return [each.image_id for each in _mixed(picked, seed)]


def _mixed(candidates: Sequence[Candidate], seed: str) -> list[Candidate]:
    """In an order that says nothing, and is the same whatever order they came in."""
    order = sorted(candidates, key=lambda each: each.image_id)
    Random(seed).shuffle(order)  # noqa: S311, its seed is a secret
    return order


def _distance(number: int, span: tuple[int, int]) -> int:
    first, last = span
    return max(first - number, number - last, 0)
