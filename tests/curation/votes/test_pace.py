"""How quickly somebody judges: what counts as judging, and what as something else."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curation.votes.pace import pictures_a_minute

NOON = dt.datetime(2026, 9, 1, 12, tzinfo=dt.UTC)


def moments(*gaps: float) -> list[dt.datetime]:
    """Votes with so many seconds between them."""
    at, all_of_them = NOON, [NOON]
    for gap in gaps:
        at += dt.timedelta(seconds=gap)
        all_of_them.append(at)
    return all_of_them


def test_a_picture_every_two_seconds_is_thirty_a_minute() -> None:
    assert pictures_a_minute(moments(*[2] * 20)) == 30


def test_of_few_pictures_nothing_is_said() -> None:
    assert pictures_a_minute([]) is None
    assert pictures_a_minute(moments(*[2] * 9)) is None


def test_pauses_and_one_long_look_change_nothing() -> None:
    assert pictures_a_minute(moments(*[2] * 10, 3600, *[2] * 10, 60, *[2] * 10)) == 30


def test_a_page_of_the_grid_took_each_of_its_pictures_a_share() -> None:
    page = [18, *[0.04] * 8]
    assert pictures_a_minute(moments(*page * 4)) == pytest.approx(60 / ((18 - 0) / 9), rel=0.05)


def test_what_a_phone_sends_after_a_tunnel_is_no_pace() -> None:
    assert pictures_a_minute(moments(*[2] * 20, 600, *[0.03] * 50)) == 30


@given(st.lists(st.floats(0.2, 119), min_size=10, max_size=60))
def test_it_lies_between_the_slowest_and_the_quickest_picture(gaps: list[float]) -> None:
    pace = pictures_a_minute(moments(*gaps))
    assert pace is not None
    assert 60 / max(gaps) * 0.999 <= pace <= 60 / min(gaps) * 1.001
