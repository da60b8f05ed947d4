"""When it will be done, as votes come in now; said only where enough is known."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curation.consensus.forecast import ENOUGH_VOTES, cost_of, done_on, votes_a_day

NOW = dt.datetime(2026, 3, 10, 12, tzinfo=dt.UTC)
TODAY = NOW.date()


def votes(num: int, *, days: float) -> list[dt.datetime]:
    """So many, evenly over the days before now, the first at their beginning."""
    return [NOW - dt.timedelta(days=days * (n + 1) / num) for n in range(num)]


def test_the_pace_is_that_of_the_days_since_the_first_vote_a_week_at_most() -> None:
    assert votes_a_day(votes(100, days=2), now=NOW) == pytest.approx(50)
    assert votes_a_day(votes(1400, days=14), now=NOW) == pytest.approx(100, rel=0.01)


def test_days_on_which_nobody_judged_count() -> None:
    long_ago = [NOW - dt.timedelta(days=20)]
    assert votes_a_day([*votes(70, days=1), *long_ago], now=NOW) == pytest.approx(10)


@pytest.mark.parametrize(
    "moments",
    [[], votes(ENOUGH_VOTES - 1, days=3), votes(1000, days=0.9), votes(500, days=1000)],
)
def test_of_few_votes_or_of_hours_nothing_is_foretold(moments: list[dt.datetime]) -> None:
    assert votes_a_day(moments, now=NOW) is None


def test_done_when_all_that_is_wanted_is_in() -> None:
    assert done_on(101, 50.0, today=TODAY) == TODAY + dt.timedelta(days=3)
    assert done_on(0, None, today=TODAY) == TODAY
    assert done_on(5, None, today=TODAY) is None
    assert done_on(10**9, 1.0, today=TODAY) is None, "nobody waits for that day"


def test_one_more_vote_costs_hours_and_days_where_they_are_known() -> None:
    cost = cost_of(1200, a_minute=10, a_day=400)
    assert (cost.num_votes, cost.hours, cost.days) == (1200, 2, 3)
    unknown = cost_of(1200, a_minute=None, a_day=None)
    assert (unknown.hours, unknown.days) == (None, None)


@given(st.integers(0, 10**6), st.floats(0.1, 10**5), st.integers(0, 1000))
def test_more_votes_are_never_done_earlier(wanted: int, a_day: float, more: int) -> None:
    first = done_on(wanted, a_day, today=TODAY)
    second = done_on(wanted + more, a_day, today=TODAY)
    assert first is None or first >= TODAY
    assert second is None or (first is not None and second >= first)
