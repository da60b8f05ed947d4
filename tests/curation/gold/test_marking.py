"""What is right, and where somebody is weakest."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curation.gold.marking import Said, expected_error, is_right, keys_of, shares_by_weakness
from curation.manual.reasons import Reason
from curation.manual.verdicts import Verdict

BLURRY, DRAWN, COVERED = Reason.BLURRY, Reason.DRAWN, Reason.COVERED
KEEP, REJECT, UNSURE = Verdict.KEEP.value, Verdict.REJECT.value, Verdict.UNSURE.value


@pytest.mark.parametrize(
    ("said", "known", "right"),
    [
        (Said(KEEP), Said(KEEP), True),
        (Said(UNSURE), Said(KEEP), False),
        (Said(REJECT, (BLURRY,)), Said(KEEP), False),
        (Said(KEEP), Said(REJECT, (BLURRY,)), False),
        (Said(REJECT, (DRAWN,)), Said(REJECT, (BLURRY,)), False),
        (Said(REJECT, (DRAWN,)), Said(REJECT, (BLURRY, DRAWN)), True),
        (Said(REJECT, (BLURRY, DRAWN)), Said(REJECT, (BLURRY,)), True),
    ],
)
def test_one_of_the_known_reasons_is_enough(said: Said, known: Said, *, right: bool) -> None:
    assert is_right(said, known) is right


def test_an_answer_counts_for_each_of_its_reasons_else_for_its_verdict() -> None:
    assert keys_of(Said(REJECT, (BLURRY, DRAWN))) == ["blurry", "drawn"]
    assert keys_of(Said(UNSURE)) == ["unsure"]


counts = st.integers(0, 200).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n)))


@given(counts)
def test_a_mistake_more_makes_weaker_and_one_right_stronger(so_far: tuple[int, int]) -> None:
    asked, right = so_far
    now = expected_error(asked=asked, right=right)
    assert 0 < now < 1
    assert expected_error(asked=asked + 1, right=right) > now
    assert expected_error(asked=asked + 1, right=right + 1) < now


keys = st.sampled_from(["keep", *Reason])
errors = st.fixed_dictionaries({key: st.floats(0.01, 0.99) for key in ["keep", *Reason]})


@given(errors, st.dictionaries(keys, st.integers(0, 30)), st.integers(0, 60))
def test_who_is_weaker_at_a_reason_gets_no_less_of_it(
    wrong: dict[str, float], stock: dict[str, int], num: int
) -> None:
    shares = shares_by_weakness(wrong, stock, num)
    assert sum(shares.values()) == min(num, sum(stock.values()))
    assert all(shares[key] <= stock[key] for key in stock)
    for a, b in permutations(stock, 2):
        if wrong[a] > wrong[b] and shares[a] < stock[a]:
            assert shares[a] >= shares[b], (a, b, shares)


@given(st.integers(1, 40))
def test_nothing_but_the_weakest_when_it_is_far_behind(num: int) -> None:
    wrong = {"keep": 0.01, "blurry": 0.99}
    shares = shares_by_weakness(wrong, {"keep": 50, "blurry": 50}, num)
    assert shares == {"keep": 0, "blurry": num}
