"""Where gold is hidden: many at first, never none, and in step across batches."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from curation.gold.places import is_gold_at, places_of_gold, share_of

seeds = st.text("ab01", max_size=4)


def on_the_desk(
    flags: list[bool], *, judged: int, stock: int, seed: str
) -> list[tuple[bool, bool]]:
    """What lies on the desk in turn: whether it is gold, and whether it is to be judged."""
    places = places_of_gold(flags, judged=judged, stock=stock, seed=seed)
    assert places == sorted(set(places))
    pictures = iter(flags)
    return [
        (True, True) if place in places else (False, next(pictures))
        for place in range(1, len(flags) + len(places) + 1)
    ]


def test_the_shares_are_those_of_space_warps() -> None:
    of_twenty = [share_of(block) + share_of(block + 1) for block in range(0, 12, 2)]
    assert of_twenty == [8, 6, 4, 2, 2, 2]


@given(st.lists(st.lists(st.booleans(), max_size=60), min_size=1, max_size=6), seeds)
def test_of_each_ten_that_somebody_judges_as_many_are_gold_as_there_are_to_be(
    batches: list[list[bool]], seed: str
) -> None:
    judged: list[bool] = []
    for flags in batches:
        desk = on_the_desk(flags, judged=len(judged), stock=10_000, seed=seed)
        judged += [is_gold for is_gold, is_open in desk if is_open]
    for block in range(len(judged) // 10):
        assert sum(judged[10 * block : 10 * block + 10]) == share_of(block)


@given(st.lists(st.booleans(), max_size=80), st.integers(0, 200), st.integers(0, 12), seeds)
def test_the_stock_is_used_up_and_the_pictures_keep_their_order(
    flags: list[bool], judged: int, stock: int, seed: str
) -> None:
    desk = on_the_desk(flags, judged=judged, stock=stock, seed=seed)
    assert [is_open for is_gold, is_open in desk if not is_gold] == flags
    wanted = on_the_desk(flags, judged=judged, stock=10_000, seed=seed)
    num_wanted = sum(is_gold for is_gold, _ in wanted)
    assert sum(is_gold for is_gold, _ in desk) == min(stock, num_wanted)
    if desk:
        assert desk[-1][0] is False, "behind the last picture it would be known for gold"


@given(st.lists(st.just(True), min_size=10, max_size=80), st.integers(0, 500), seeds)
def test_never_under_ten_percent(flags: list[bool], judged: int, seed: str) -> None:
    desk = on_the_desk(flags, judged=judged, stock=10_000, seed=seed)
    whole = [is_gold_at(nth, seed) for nth in range(judged, judged + len(desk))]
    assert sum(is_gold for is_gold, _ in desk) == sum(whole)
    for start in range(0, len(desk) - 19, 10):
        assert any(is_gold for is_gold, _ in desk[start : start + 20])


def test_the_order_is_its_persons_own() -> None:
    mine = [is_gold_at(nth, "mine") for nth in range(60)]
    assert mine == [is_gold_at(nth, "mine") for nth in range(60)]
    assert mine != [is_gold_at(nth, "theirs") for nth in range(60)]
