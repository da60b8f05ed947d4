"""Which faces are of one person, whoever that is: groups around the face with most like it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

REACH = 0.5
"""Faces this near to a group's middle are in it: closer than 0.6 is usually the same person, and a
mistake costs less when it leaves one out."""


def same_person(descriptors: NDArray[np.float32], *, reach: float = REACH) -> list[list[int]]:
    """Groups of rows of (N, 128) descriptors, the largest first, each with the nearest first.

    The face that most others are near to takes all of them, then the next of what is left: so
    everybody is near one face, and no chain leads from one person to another. Every row is in
    exactly one group; of equal ones the earlier row leads.
    """
    apart = np.linalg.norm(descriptors[:, None] - descriptors[None], axis=2)
    left = np.ones(len(descriptors), bool)
    groups = []
    while left.any():
        near = (apart <= reach) & left[None] & left[:, None]
        middle = int(near.sum(axis=1).argmax())
        members = np.flatnonzero(near[middle])
        groups.append(
            [int(each) for each in members[np.argsort(apart[middle, members], kind="stable")]]
        )
        left[members] = False
    return groups
