"""When a subject will be done, and what more votes would cost, from how votes come in. Pure."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass

WINDOW = dt.timedelta(days=7)
"""Votes of so many days tell how quickly they come in now."""
ENOUGH_VOTES = 50
"""Of fewer votes nothing is foretold, nor of those of less than a day."""
DAY = dt.timedelta(days=1)
LONGEST_DAYS = 3650


def votes_a_day(moments: Sequence[dt.datetime], *, now: dt.datetime) -> float | None:
    """How many votes come in a day, from the newest ones' moments; None while that is not known.

    They are all of `WINDOW`, or so many of its newest that they tell as much.
    """
    recent = [moment for moment in moments if moment > now - WINDOW]
    if len(recent) < ENOUGH_VOTES:
        return None
    # Where votes lie before the window, all of it counts, also days on which nobody judged.
    is_whole = len(recent) < len(moments)
    span = WINDOW if is_whole else now - min(recent)
    return len(recent) / (span / DAY) if span >= DAY else None


def done_on(num_wanted: int, a_day: float | None, *, today: dt.date) -> dt.date | None:
    """The day on which so many votes will be in, at the earliest; None where it is not known."""
    if not a_day:
        return today if num_wanted == 0 else None
    days = math.ceil(num_wanted / a_day)
    return today + dt.timedelta(days=days) if days <= LONGEST_DAYS else None


@dataclass(frozen=True, kw_only=True, slots=True)
class Cost:
    """What it takes to get some votes."""

    num_votes: int
    hours: float | None
    """Of judging, at the pace of those who judge now; None while that is not known."""
    days: float | None
    """Until they are in, as votes come in now."""


def cost_of(num_votes: int, *, a_minute: float | None, a_day: float | None) -> Cost:
    return Cost(
        num_votes=num_votes,
        hours=num_votes / a_minute / 60 if a_minute else None,
        days=num_votes / a_day if a_day else None,
    )
