"""Who is whose duplicate: groups around their best member. Pure."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

Picture = TypeVar("Picture", bound=int)


def groups(
    pairs: Iterable[tuple[Picture, Picture]], *, badness: Callable[[Picture], Any]
) -> list[list[Picture]]:
    """The groups that pairs of nearly equal pictures form, each with its best member first.

    `badness` orders pictures, the best first, and no two alike. The best picture of all takes
    everyone near it, then the best of those that are left, and so on. So everybody in a group is
    near its best member, never only near somebody who is: there are no chains. No two best members
    are near each other. A picture near several best members is with the best of them.

    Depends on nothing but the pairs and the order of goodness: not on when pairs became known.
    """
    near: dict[Picture, set[Picture]] = defaultdict(set)
    for one, other in pairs:
        near[one].add(other)
        near[other].add(one)
    taken: set[Picture] = set()
    found = []
    for best in sorted(near, key=badness):
        if best in taken:
            continue
        taken.add(best)
        others = sorted(near[best] - taken, key=badness)
        taken.update(others)
        if others:
            found.append([best, *others])
    return found


def better_copies(
    pairs: Iterable[tuple[Picture, Picture]], *, badness: Callable[[Picture], Any]
) -> dict[Picture, Picture]:
    """Of each picture that is the copy of a better one, which that is: the best of its group."""
    found = groups(pairs, badness=badness)
    return {other: best for best, *others in found for other in others}


def face_side(box: Sequence[float]) -> float:
    """How large a face is: the side, in pixels, of a square as large as (left, top, right, bottom).

    0 for a box of nothing.
    """
    left, top, right, bottom = box
    return math.sqrt(max(0.0, (right - left) * (bottom - top)))


def badness(good: float, *, num_pixels: int, place: int) -> tuple[float, int, int]:
    """Orders pictures that are nearly the same, the best first, and no two alike.

    `good` is the `goodness` of the largest face, 0 without one; between equals more pixels decide,
    then what came first: `place` is a number of which no two have the same.
    """
    return -good, -num_pixels, place


def goodness(*, sharpness: float, side: float, yaw: float, pitch: float) -> float:
    """What a face gives to learn from: sharpness times size times how much it faces the camera.

    `sharpness` is of 0 to 1, `side` what `face_side` gives, `yaw` and `pitch` in degrees. Only for
    choosing among pictures that are nearly the same: profiles are worth as much as faces from the
    front, but of two shots a moment apart one rather wants the one that shows more.
    """
    frontality = math.cos(math.radians(yaw)) * math.cos(math.radians(pitch))
    return sharpness * side * max(0.0, frontality)
