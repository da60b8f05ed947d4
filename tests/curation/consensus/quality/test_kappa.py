"""Agreement beyond chance, against worked examples and what always holds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curation.consensus.quality.kappa import FEWEST, cohen, fleiss


def test_cohens_of_a_worked_example() -> None:
    """20 yes by both, 5 and 10 by one alone, 15 no by both: (.7 - .5) / (1 - .5)."""
    one = np.repeat([True, True, False, False], [20, 5, 10, 15])
    other = np.repeat([True, False, True, False], [20, 5, 10, 15])
    found = cohen(one, other)
    assert found is not None
    assert found.value == pytest.approx(0.4)
    assert found.num == 50
    # The large-sample standard error of this table is .1263 (Fleiss, Cohen and Everitt, 1969).
    assert found.high - found.low == pytest.approx(2 * 1.96 * 0.1263, rel=0.05)


def test_fleiss_of_two_raters_is_scotts_pi() -> None:
    yes = np.repeat([2, 1, 0], [20, 15, 15])
    found = fleiss(yes, np.full(50, 2))
    assert found is not None
    share = 55 / 100
    by_chance = share**2 + (1 - share) ** 2
    assert found.value == pytest.approx((35 / 50 - by_chance) / (1 - by_chance))


def test_fleiss_of_fleiss_own_kind_of_table() -> None:
    """Six raters of thirty pictures who are halved on each: worse than chance, by 1 / 5."""
    found = fleiss(np.full(30, 3), np.full(30, 6))
    assert found is not None
    assert found.value == pytest.approx(-0.2)


@pytest.mark.parametrize("num", [0, 1, FEWEST - 1])
def test_of_few_pictures_nothing_is_said(num: int) -> None:
    half = np.arange(num) % 2
    assert fleiss(half * 2, np.full(num, 2)) is None
    assert cohen(half == 1, half == 1) is None


def test_where_all_say_the_same_of_all_nothing_is_said() -> None:
    assert fleiss(np.full(50, 2), np.full(50, 2)) is None
    assert cohen(np.full(50, True), np.full(50, True)) is None


def test_numbers_that_do_not_fit_are_refused() -> None:
    for yes, num in (([3], [2]), ([-1], [2]), ([0], [1]), ([0, 0], [2])):
        with pytest.raises(ValueError, match="judged by two"):
            fleiss(np.array(yes), np.array(num))


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=FEWEST, max_size=80))
@settings(max_examples=60)
def test_neither_order_nor_names_matter(pairs: list[tuple[bool, bool]]) -> None:
    one, other = np.array(pairs).T
    found = cohen(one, other)
    order = np.argsort(np.arange(len(pairs)) * 7919 % 10007)
    assert cohen(one[order], other[order]) == found
    swapped, flipped = cohen(other, one), cohen(~one, ~other)
    if found is None:
        assert swapped is flipped is None
        return
    assert -1 <= found.low <= found.value <= found.high <= 1
    for same in (swapped, flipped):
        assert same is not None
        assert same.value == pytest.approx(found.value)
        assert same.low == pytest.approx(found.low)


def test_the_interval_holds_the_truth_nineteen_times_in_twenty() -> None:
    """People who each err on 15 % of pictures, of which half are good: kappa is .49."""
    rng = np.random.default_rng(7)
    hits, times = 0, 400
    for _ in range(times):
        truth = rng.random(150) < 0.5
        one, other = (truth ^ (rng.random(150) < 0.15) for _ in range(2))
        found = fleiss(one.astype(int) + other, np.full(150, 2))
        assert found is not None
        hits += found.low <= 0.49 <= found.high
    assert 0.92 <= hits / times <= 0.98
