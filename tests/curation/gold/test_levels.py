"""When many pictures at once open to somebody, and that they stay open."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from curation.gold.levels import GRID_AFTER, can_open, grid_level


def test_without_gold_all_is_open_as_before() -> None:
    assert grid_level([], is_free=True).is_open


def test_it_opens_by_number_and_by_accuracy() -> None:
    assert not grid_level([True] * (GRID_AFTER - 1), is_free=False).is_open
    assert grid_level([True] * GRID_AFTER, is_free=False).is_open
    assert not grid_level([True, True, True, False] * 10, is_free=False).is_open
    assert grid_level([False] * 30 + [True] * 16, is_free=False).is_open
    assert grid_level([True] * 5, is_free=False).answers_left == GRID_AFTER - 5


@given(st.lists(st.booleans(), max_size=60), st.lists(st.booleans(), max_size=20))
def test_nobody_loses_what_they_had(before: list[bool], after: list[bool]) -> None:
    if grid_level(before, is_free=False).is_open:
        assert grid_level(before + after, is_free=False).is_open


@given(st.lists(st.booleans(), max_size=60), st.integers(0, 30))
def test_it_can_open_as_long_as_right_answers_alone_would_open_it(
    rights: list[bool], num_more: int
) -> None:
    opens = grid_level(rights + [True] * num_more, is_free=False).is_open
    assert can_open(rights, num_more=num_more) == opens
    assert opens or num_more < GRID_AFTER, "so many right answers make up for all before"
