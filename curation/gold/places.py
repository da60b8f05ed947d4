"""Where gold is hidden among the pictures that somebody judges. Pure.

Of all that a person judges in a project, in turn, 40 % of the first twenty pictures are gold, 30 %
of the next, 20 % of the next, and 10 % from then on: as Space Warps did it, many at first, while
people learn and nothing is known of them, and never none.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

TEN = 10
"""The share holds for each ten, so that a short batch has its gold as well."""
OF_TEN = (4, 4, 3, 3, 2, 2)
"""How many of the first ten pictures are gold, of the next ten, and so on."""
AFTERWARDS = 1


def share_of(block: int) -> int:
    """How many of the ten pictures of this block, counted from 0, are gold."""
    return OF_TEN[block] if block < len(OF_TEN) else AFTERWARDS


def is_gold_at(nth: int, seed: str) -> bool:
    """Whether the `nth` picture that somebody judges, from 0, is gold if there is any left."""
    block, place = divmod(nth, TEN)
    mixed = Random(f"{seed} {block}")  # noqa: S311, its seed is a secret
    return place in mixed.sample(range(TEN), share_of(block))


def places_of_gold(is_to_judge: Sequence[bool], *, judged: int, stock: int, seed: str) -> list[int]:
    """The places, from 1, at which gold stands on a desk, among the pictures of its batch.

    `is_to_judge` says of each picture whether its person has yet to judge it: of others they take
    no notice. `judged` is how many they have judged in the project before, and `seed` theirs alone
    for good, so that the shares hold across batches. No gold comes behind the last picture.
    """
    places: list[int] = []
    nth, last = judged, 0
    for is_open in is_to_judge:
        while is_open and len(places) < stock and is_gold_at(nth, seed):
            last, nth = last + 1, nth + 1
            places.append(last)
        last, nth = last + 1, nth + is_open
    return places
