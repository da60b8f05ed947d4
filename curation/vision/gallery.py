"""Who a face is: compared with portraits, and with pictures that are surely of the same person.

Portraits mostly look into the camera, and the descriptor of a turned head lies far from theirs. So
the gallery grows: a face that is near to one in it joins, and is what faces turned a little more
are compared with. A face near to a look-alike's gallery as well joins neither. Descriptors are
averaged with their mirror images, so only how far a head is turned counts, not to which side.
Faces that people said to be somebody else's make a gallery of their own, once there are some.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

_SURE = 0.4
"""Faces nearer than this are of one person, if no look-alike is as near."""
_MARGIN = 0.06
"""By so much must a look-alike be further away."""
_REACH = 0.6
"""Nobody joins who is further than this from every portrait: steps must not lead to others."""
_SAME_TURN, _PER_DEGREE = 20.0, 0.004
"""Up to so many degrees two turns compare as they are; each further one counts as distance."""
_NEAREST = 5
"""Of so many of the gallery's faces the distances are averaged."""
_FEWEST_STRANGERS = _NEAREST
"""Faces said to be somebody else's that make a gallery: of fewer each is too near to its like."""
_ROUNDS = 8
_MOST = 2000
"""Faces in a gallery: more say nothing new."""
_ROWS = 512

SUBJECT, UNKNOWN = 0, -1
NOBODY = 2.0
"""Further than any two faces can be apart."""


class Faces(NamedTuple):
    """Faces, as far as comparing them goes."""

    descriptors: NDArray[np.float32]
    """(N, 128), each averaged with its mirror image."""
    yaws: NDArray[np.float32]
    """(N,) degrees."""

    def __add__(self, more: Faces) -> Faces:  # type: ignore[override]  # of faces, not of tuples
        return Faces(
            np.concatenate([self.descriptors, more.descriptors]),
            np.concatenate([self.yaws, more.yaws]),
        )

    def taken(self, which: NDArray[np.bool_] | NDArray[np.intp]) -> Faces:
        return Faces(self.descriptors[which], self.yaws[which])


class Likeness(NamedTuple):
    """How far faces are from people; `NOBODY` where there is nobody to compare with."""

    unlike: NDArray[np.float32]
    """(N,) from the subject."""
    unlike_another: NDArray[np.float32]
    """(N,) from whoever else is nearest: a look-alike, or strangers that people named so."""


def likeness(
    portraits: Faces,
    look_alikes: Sequence[Faces],
    faces: Faces,
    *,
    strangers: NDArray[np.bool_] | None = None,
    while_waiting: Callable[[], None] = lambda: None,
) -> Likeness:
    """How far each of the `faces` is from the subject, and from others, once galleries have grown.

    `strangers` (N,) tells which of the faces people said to be somebody else's. What they kept
    teaches no gallery: among it are the hardest faces, which lead to others' (docs/lab.md).
    `while_waiting` is called again and again: many faces take minutes.
    """
    if strangers is None:
        strangers = np.zeros(len(faces.yaws), np.bool_)
    whose = grown(portraits, look_alikes, faces, strangers=strangers, while_waiting=while_waiting)
    subject, *others = (
        _from_grown(faces, each, whose == person, while_waiting)
        for person, each in enumerate((portraits, *look_alikes))
    )
    if strangers.sum() >= _FEWEST_STRANGERS:
        none = faces.taken(np.empty(0, np.intp))
        others.append(_from_grown(faces, none, strangers, while_waiting))
    nobody = np.full(len(faces.yaws), NOBODY, np.float32)
    return Likeness(subject, np.min([nobody, *others], axis=0))


def _from_grown(
    faces: Faces,
    portraits: Faces,
    joined: NDArray[np.bool_],
    while_waiting: Callable[[], None],
) -> NDArray[np.float32]:
    """The distances to a person's gallery, in which `joined` of the faces are, or the most telling:
    as many, turned as variously."""
    (places,) = np.nonzero(joined)
    places = places[np.argsort(np.abs(faces.yaws[places]), kind="stable")]
    places = places[:: max(1, -(-len(places) // _MOST))]
    own = np.full(len(faces.yaws), -1)
    own[places] = len(portraits.yaws) + np.arange(len(places))
    gallery = portraits + faces.taken(places)
    return _nearest(faces, gallery, _NEAREST, own=own, while_waiting=while_waiting)


def grown(
    portraits: Faces,
    look_alikes: Sequence[Faces],
    faces: Faces,
    *,
    strangers: NDArray[np.bool_] | None = None,
    while_waiting: Callable[[], None] = lambda: None,
) -> NDArray[np.intp]:
    """Of whom each of the `faces` surely is (N,): SUBJECT, 1, 2 … a look-alike, or UNKNOWN.

    `look_alikes` has the portraits of each person who is easily taken for the subject. Of the
    `strangers` (N,) people said that they are not the subject.
    """
    whose = np.full(len(faces.yaws), UNKNOWN)
    galleries = [portraits, *look_alikes]
    people = {person: each for person, each in enumerate(galleries) if len(each.yaws)}
    if SUBJECT not in people:
        return whose

    def nearest(of: Faces, to: Faces) -> NDArray[np.float32]:
        return _nearest(of, to, 1, while_waiting=while_waiting)

    reach = np.stack([nearest(faces, each) for each in people.values()])
    who = np.array(list(people))
    for _ in range(_ROUNDS):
        (open_,) = np.nonzero(whose == UNKNOWN)
        apart = np.stack([nearest(faces.taken(open_), each) for each in people.values()])
        best = apart.argmin(axis=0)
        order = np.sort(apart, axis=0)
        clear = order[1] - order[0] > _MARGIN if len(people) > 1 else np.ones(len(open_), bool)
        near = reach[best, open_] < _REACH
        joins = (order[0] < _SURE) & clear & near
        if strangers is not None:
            joins &= ~strangers[open_] | (who[best] != SUBJECT)
        if not joins.any():
            break
        whose[open_[joins]] = who[best[joins]]
        for place, person in enumerate(people):
            new = open_[joins & (best == place)]
            room = max(0, _MOST - len(people[person].yaws))
            people[person] += faces.taken(new[:room])
    return whose


def distances(
    faces: Faces, gallery: Faces, *, own: NDArray[np.intp] | None = None
) -> NDArray[np.float32]:
    """How far each of the faces (N,) is from a gallery's.

    Less than about 0.4 is the same person, more than 0.6 another; the turn is allowed for. `NOBODY`
    where there is nobody to compare with. `own` (N,) says which of the gallery's each face itself
    is, that it is not compared with; -1 is none.
    """
    return _nearest(faces, gallery, _NEAREST, own=own)


def _nearest(
    faces: Faces,
    gallery: Faces,
    num: int,
    *,
    own: NDArray[np.intp] | None = None,
    while_waiting: Callable[[], None] = lambda: None,
) -> NDArray[np.float32]:
    """The mean distance to the `num` nearest of the gallery, itself not counted."""
    own = np.full(len(faces.yaws), -1) if own is None else own
    parts = [np.full(0, NOBODY, np.float32)]
    start = 0
    for apart in _apart(faces, gallery):
        while_waiting()
        (rows,) = np.nonzero(own[start : start + len(apart)] >= 0)
        apart[rows, own[start + rows]] = np.inf
        start += len(apart)
        num_there = min(num, apart.shape[1])
        nearest = np.partition(apart, num_there - 1, axis=1)[:, :num_there] if num_there else apart
        known = np.isfinite(nearest)
        total = np.where(known, nearest, 0).sum(axis=1)
        mean = total / np.maximum(known.sum(axis=1), 1)
        parts.append(np.where(known.any(axis=1), mean, NOBODY))
    return np.concatenate(parts).astype(np.float32)


def _apart(faces: Faces, gallery: Faces) -> Iterator[NDArray[np.float64]]:
    """Distances (rows, gallery), some rows at a time."""
    turns = np.abs(gallery.yaws)
    theirs = gallery.descriptors.astype(np.float64)  # or what is near comes out as anything
    squares = (theirs**2).sum(axis=1)
    for start in range(0, len(faces.yaws), _ROWS):
        yaws = faces.yaws[start : start + _ROWS]
        rows = faces.descriptors[start : start + _ROWS].astype(np.float64)
        apart = (rows**2).sum(axis=1)[:, None] + squares - 2 * rows @ theirs.T
        further = np.abs(np.abs(yaws)[:, None] - turns) - _SAME_TURN
        yield np.sqrt(np.maximum(apart, 0)) + np.maximum(further, 0) * _PER_DEGREE
