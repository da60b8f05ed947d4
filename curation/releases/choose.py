"""Choose pictures for a release by an organiser's settings. Pure, and the same on every machine.

Descriptors and poses are compared as whole numbers small enough that float32 adds them up exactly,
in whatever order a library does; what is equal is told apart by the pictures' order.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from curation.images.spreads import BRIGHTNESS, PITCH, SHARPNESS, YAW, Spread
from curation.releases.selection import Selection
from curation.vision.duplicate_groups import badness, better_copies, goodness

_STEPS, _LARGEST = 256, 250
"""To 1 of a descriptor's number, of which none reaches 0.7, and where it is cut off: so sums of 130
products stay below 2**24. Two faces of one person are 100 steps apart: rounding shows in nothing.
"""
_POSE = 0.4 / 90
"""A quarter turn of the head counts as much as two faces of one person that differ usually."""


class Left(StrEnum):
    """Why a kept picture is left out. The words are the page's."""

    NO_FACE = "no_face"
    SMALL = "small"
    SOFT = "soft"
    DUPLICATE = "duplicate"
    BUDGET = "budget"


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Considered:
    """N kept pictures in the order of their numbers, with what they are chosen by."""

    ids: NDArray[np.int64]
    num_pixels: NDArray[np.int64]
    yaw: NDArray[np.float64]
    """NaN where nothing was measured, as in the next ones; degrees."""
    pitch: NDArray[np.float64]
    brightness: NDArray[np.float64]
    sharpness: NDArray[np.float64]
    face_size: NDArray[np.float64]
    descriptors: NDArray[np.float32]
    """(N, 128); zeros without a face."""
    near: Sequence[tuple[int, int]]
    """Ids of pictures that the machine found nearly the same; others than these N may be named."""
    told_apart: frozenset[tuple[int, int]]
    """Those of the pairs that an organiser said are not the same."""
    moments: Mapping[int, Sequence[int]]
    """By picture, numbers of the shots and posts that it is of."""

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True, kw_only=True, slots=True)
class Chosen:
    """What becomes of each picture that was considered, by its id."""

    taken: frozenset[int]
    held_out: frozenset[int]
    """Among the taken ones."""
    left: Mapping[int, Left]


def choose(pictures: Considered, selection: Selection) -> Chosen:
    """Apply the settings: what is too small or soft goes first, then copies, then what is too much.

    The same pictures and settings give the same choice.
    """
    left = _unfit(pictures, selection)
    if selection.collapse:
        left |= _copies(pictures, left)
    rest = np.array([n for n, pk in enumerate(pictures.ids.tolist()) if pk not in left], np.intp)
    if selection.budget is not None and len(rest) > selection.budget:
        within = _within_budget(pictures, rest, selection)
        left |= {int(pictures.ids[n]): Left.BUDGET for n in rest if n not in within}
        rest = np.array(sorted(within), np.intp)
    taken = frozenset(pictures.ids[rest].tolist())
    held_out = _held_out(pictures, taken, selection)
    return Chosen(taken=taken, held_out=held_out, left=left)


def _unfit(pictures: Considered, selection: Selection) -> dict[int, Left]:
    left = {}
    least = SHARPNESS.limits_of(selection.sharpness)[0] if selection.sharpness != "any" else None
    rows = zip(
        pictures.ids.tolist(), pictures.face_size.tolist(), pictures.sharpness.tolist(), strict=True
    )
    for pk, size, sharpness in rows:
        if (selection.face_size or least is not None) and np.isnan(size):
            left[pk] = Left.NO_FACE
        elif size < selection.face_size:
            left[pk] = Left.SMALL
        elif least is not None and not sharpness >= least:
            left[pk] = Left.SOFT
    return left


def _copies(pictures: Considered, left: Mapping[int, Left]) -> dict[int, Left]:
    """Those of which a better one is taken."""
    places = {pk: n for n, pk in enumerate(pictures.ids.tolist()) if pk not in left}
    pairs = [
        (one, other)
        for one, other in pictures.near
        if one in places and other in places and (one, other) not in pictures.told_apart
    ]

    def bad(pk: int) -> tuple[float, int, int]:
        n = places[pk]
        good = 0.0
        if not np.isnan(pictures.face_size[n]):
            good = goodness(
                sharpness=float(pictures.sharpness[n]),
                side=float(pictures.face_size[n]),
                yaw=float(pictures.yaw[n]),
                pitch=float(pictures.pitch[n]),
            )
        return badness(good, num_pixels=int(pictures.num_pixels[n]), place=n)

    return dict.fromkeys(better_copies(pairs, badness=bad), Left.DUPLICATE)


def _within_budget(pictures: Considered, rest: NDArray[np.intp], selection: Selection) -> set[int]:
    """Which of the places in `rest` are taken."""
    budget = selection.budget or 0
    chance = np.random.default_rng(selection.seed)
    if not selection.balance:
        return set(rest[chance.permutation(len(rest))[:budget]].tolist())
    buckets = _buckets(pictures, rest)
    quotas = shares([len(bucket) for bucket in buckets], budget)
    features = _features(pictures)
    taken: set[int] = set()
    for bucket, quota in zip(buckets, quotas, strict=True):
        first = int(chance.integers(len(bucket)))
        taken.update(bucket[farthest(features[bucket], quota, first=first)].tolist())
    return taken


def shares(sizes: Sequence[int], budget: int) -> list[int]:
    """How many of each bucket are taken, so that all have the same as far as there are so many.

    What is left over in the end goes to the first ones, one each.
    """
    taken = [0] * len(sizes)
    left = min(budget, sum(sizes))
    while left:
        wanting = [n for n, size in enumerate(sizes) if taken[n] < size]
        each = max(1, left // len(wanting))
        for n in wanting:
            more = min(each, sizes[n] - taken[n], left)
            taken[n] += more
            left -= more
    return taken


def farthest(features: NDArray[np.float32], num: int, *, first: int) -> NDArray[np.intp]:
    """The places of `num` rows of (N, D), each the farthest from all before it (Gonzalez, 1985).

    The features are whole numbers, so distances are exact; of equal ones the first is taken.
    """
    if num >= len(features):
        return np.arange(len(features))
    squares = np.einsum("nd,nd->n", features, features)
    taken = np.zeros(num, np.intp)
    nearest = np.full(len(features), np.inf, np.float32)
    place = first
    for n in range(num):
        taken[n] = place
        apart = squares + squares[place] - 2 * (features @ features[place])
        np.minimum(nearest, apart, out=nearest)
        nearest[place] = -1  # never again
        place = int(nearest.argmax())
    return taken


def _buckets(pictures: Considered, rest: NDArray[np.intp]) -> list[NDArray[np.intp]]:
    """The places in `rest` by turn, nod and light, in the order of these; unknown ones last."""
    key = np.zeros(len(rest), np.int64)
    for spread, values in (
        (YAW, pictures.yaw),
        (PITCH, pictures.pitch),
        (BRIGHTNESS, pictures.brightness),
    ):
        key = key * (len(spread.names) + 1) + _ranges(spread, values[rest])
    return [rest[key == each] for each in np.unique(key)]


def _ranges(spread: Spread, values: NDArray[np.float64]) -> NDArray[np.int64]:
    places = np.searchsorted(spread.edges, values, side="right")
    return np.where(np.isnan(values), len(spread.names), places).astype(np.int64)


def _features(pictures: Considered) -> NDArray[np.float32]:
    """(N, 130) whole numbers: descriptor and pose."""
    pose = np.nan_to_num(np.column_stack([pictures.yaw, pictures.pitch])) * _POSE
    features = np.hstack([pictures.descriptors, pose]) * _STEPS
    return np.asarray(np.rint(np.clip(features, -_LARGEST, _LARGEST)), np.float32)


def _held_out(pictures: Considered, taken: frozenset[int], selection: Selection) -> frozenset[int]:
    """Whole groups by lot, as long as they fit into the part that is wanted."""
    wanted = len(taken) * selection.held_out // 100
    chance = np.random.default_rng([selection.seed, 1])
    groups = groups_of(pictures)
    found: set[int] = set()
    for n in chance.permutation(len(groups)):
        group = taken.intersection(groups[n])
        if group and len(found) + len(group) <= wanted:
            found |= group
    return frozenset(found)


def groups_of(pictures: Considered) -> list[list[int]]:
    """The pictures in groups of which none has anything of another's: near pairs, shots, posts.

    Near pairs are links even where people said that they differ, and by pictures that are not
    taken; chains are followed to their ends.
    """
    links: dict[int, list[int]] = defaultdict(list)
    for one, other in pictures.near:
        links[one].append(other)
        links[other].append(one)
    of_moment: dict[int, list[int]] = defaultdict(list)
    for pk, moments in pictures.moments.items():
        for moment in moments:
            of_moment[moment].append(pk)
    for together in of_moment.values():
        for other in together[1:]:
            links[together[0]].append(other)
            links[other].append(together[0])
    seen: set[int] = set()
    considered = set(pictures.ids.tolist())
    return [
        sorted(considered.intersection(_linked(pk, links, seen)))
        for pk in pictures.ids.tolist()
        if pk not in seen
    ]


def _linked(start: int, links: Mapping[int, Iterable[int]], seen: set[int]) -> list[int]:
    """All that hang together with one; they are noted as seen."""
    found, todo = [], [start]
    seen.add(start)
    while todo:
        pk = todo.pop()
        found.append(pk)
        for other in links.get(pk, ()):
            if other not in seen:
                seen.add(other)
                todo.append(other)
    return found
