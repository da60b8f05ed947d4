"""How quickly somebody judges, from the moments of their votes. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from itertools import pairwise
from statistics import median

PAUSE = dt.timedelta(minutes=2)
"""Who votes on nothing for so long was doing something else."""
TOGETHER = dt.timedelta(milliseconds=150)
"""Votes as close as this were one act: a page of the grid, or what a phone sent after a tunnel."""
ENOUGH = 10
"""Below so many measured pictures nothing is said."""


def pictures_a_minute(moments: Sequence[dt.datetime]) -> float | None:
    """From the votes' moments, the oldest first; None while there are too few to say.

    The median of the time that a picture took, so that neither a dropped phone nor a lucky streak
    counts. Pauses are left out. A page that was sent as a whole took each of its pictures a
    share of the time since the act before.
    """
    acts = _acts(moments)
    seconds = []
    for (before, _), (at, pictures) in pairwise(acts):
        if at - before < PAUSE:
            seconds += [(at - before).total_seconds() / pictures] * pictures
    return 60 / median(seconds) if len(seconds) >= ENOUGH else None


def _acts(moments: Sequence[dt.datetime]) -> list[tuple[dt.datetime, int]]:
    """When each act ended, and how many votes it was."""
    acts: list[tuple[dt.datetime, int]] = []
    for moment in moments:
        if acts and moment - acts[-1][0] <= TOGETHER:
            acts[-1] = (moment, acts[-1][1] + 1)
        else:
            acts.append((moment, 1))
    return acts
