"""What the builder takes of the kept pictures: within the settings, and the same every time."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curation.releases.choose import Considered, Left, choose, farthest, groups_of, shares
from curation.releases.selection import ALL, MOST_HELD_OUT, Selection


def pictures(num: int, *, seed: int = 0, **told: object) -> Considered:
    """So many pictures of one person, turned this way and that; a tenth without a face."""
    chance = np.random.default_rng(seed)
    faceless = chance.random(num) < 0.1

    def measured(values: np.ndarray) -> np.ndarray:
        return np.where(faceless, np.nan, values)

    considered = Considered(
        ids=np.arange(1, num + 1) * 10,
        num_pixels=chance.integers(10_000, 90_000, num),
        yaw=measured(chance.normal(0, 30, num)),
        pitch=measured(chance.normal(0, 10, num)),
        brightness=chance.random(num),
        sharpness=measured(chance.random(num) / 2),
        face_size=measured(chance.uniform(50, 600, num)),
        descriptors=(chance.normal(0, 0.1, (num, 128)) * ~faceless[:, None]).astype(np.float32),
        near=(),
        told_apart=frozenset(),
        moments={},
    )
    return replace(considered, **told)


@st.composite
def sets(draw: st.DrawFn) -> Considered:
    """Pictures of which some are near others, or of the same shots."""
    num = draw(st.integers(1, 60))
    ids = st.integers(1, num).map(lambda n: n * 10)
    pairs = draw(st.lists(st.tuples(ids, ids).filter(lambda pair: pair[0] < pair[1]), max_size=30))
    shots = draw(st.dictionaries(ids, st.lists(st.integers(0, 5), max_size=2), max_size=30))
    told_apart = frozenset(draw(st.lists(st.sampled_from(pairs), max_size=5))) if pairs else None
    return pictures(
        num,
        seed=draw(st.integers(0, 9)),
        near=sorted(set(pairs)),
        moments=shots,
        told_apart=told_apart or frozenset(),
    )


selections = st.builds(
    Selection,
    budget=st.none() | st.integers(1, 70),
    face_size=st.sampled_from((0, 128, 256)),
    sharpness=st.sampled_from(("any", "fair", "sharp")),
    collapse=st.booleans(),
    balance=st.booleans(),
    held_out=st.integers(0, MOST_HELD_OUT),
    seed=st.integers(0, 1000),
)


@settings(deadline=None)
@given(sets(), selections)
def test_what_is_chosen_is_within_the_settings(given_set: Considered, selection: Selection) -> None:
    chosen = choose(given_set, selection)
    assert chosen.taken | chosen.left.keys() == set(given_set.ids.tolist())
    assert not chosen.taken & chosen.left.keys()
    if selection.budget is not None:
        assert len(chosen.taken) <= selection.budget
        if Left.BUDGET in chosen.left.values():
            assert len(chosen.taken) == selection.budget
    sizes = dict(zip(given_set.ids.tolist(), given_set.face_size.tolist(), strict=True))
    if selection.face_size:
        assert all(sizes[pk] >= selection.face_size for pk in chosen.taken)
    if selection.collapse:
        near = set(given_set.near) - given_set.told_apart
        assert not [pair for pair in near if set(pair) <= chosen.taken]
    assert chosen.held_out <= chosen.taken
    assert len(chosen.held_out) <= len(chosen.taken) * selection.held_out / 100


@settings(deadline=None)
@given(sets(), selections)
def test_nothing_nearly_equal_to_what_is_held_out_is_learnt_from(
    given_set: Considered, selection: Selection
) -> None:
    chosen = choose(given_set, selection)
    learnt = chosen.taken - chosen.held_out
    for one, other in given_set.near:
        assert not ({one, other} & chosen.held_out and {one, other} & learnt)
    shots = given_set.moments
    held = {shot for pk in chosen.held_out for shot in shots.get(pk, ())}
    assert not held & {shot for pk in learnt for shot in shots.get(pk, ())}


@settings(deadline=None)
@given(sets(), selections)
def test_the_same_pictures_and_settings_give_the_same_choice(
    given_set: Considered, selection: Selection
) -> None:
    # In other memory, pairs in another order: nothing but the values may count.
    again = replace(
        given_set,
        descriptors=np.asfortranarray(given_set.descriptors.copy()),
        near=given_set.near[::-1],
        moments=dict(reversed(given_set.moments.items())),
    )
    assert choose(given_set, selection) == choose(again, selection)


def test_all_is_all() -> None:
    some = pictures(30, near=[(10, 20)])
    chosen = choose(some, ALL)
    assert (len(chosen.taken), chosen.held_out, chosen.left) == (30, frozenset(), {})
    assert Selection(seed=9).takes_all
    assert not Selection(held_out=5).takes_all


@given(st.lists(st.integers(0, 50), max_size=12), st.integers(0, 400))
def test_buckets_share_a_budget_as_evenly_as_they_can(sizes: list[int], budget: int) -> None:
    taken = shares(sizes, budget)
    assert sum(taken) == min(budget, sum(sizes))
    assert all(0 <= num <= size for num, size in zip(taken, sizes, strict=True))
    wanting = [num for num, size in zip(taken, sizes, strict=True) if num < size]
    if wanting:
        assert max(taken) <= min(wanting) + 1


def test_of_one_bucket_the_most_different_ones_are_taken() -> None:
    line = np.array([[0], [1], [2], [50], [51], [100]], np.float32)
    assert farthest(line, 3, first=0).tolist() == [0, 5, 3]
    assert sorted(farthest(line, 6, first=2).tolist()) == list(range(6))


def test_a_balanced_set_has_rare_sides_that_a_lot_leaves_out() -> None:
    many = pictures(2000, seed=1)
    profiles = set(many.ids[np.abs(many.yaw) > 50].tolist())
    balanced = choose(many, Selection(budget=200, balance=True))
    by_lot = choose(many, Selection(budget=200))
    assert len(balanced.taken & profiles) >= 2 * len(by_lot.taken & profiles)


def test_chains_of_near_pictures_stay_on_one_side() -> None:
    chain = [(n * 10, n * 10 + 10) for n in range(1, 10)]
    some = pictures(40, near=chain)
    assert [10 * n for n in range(1, 11)] in groups_of(some)
    for seed in range(20):
        held = choose(some, Selection(held_out=30, seed=seed)).held_out
        assert len({pk in held for pair in pairwise(chain) for each in pair for pk in each}) == 1


@pytest.mark.parametrize("num", [1, 3])
def test_so_few_that_nothing_can_be_held_out(num: int) -> None:
    assert not choose(pictures(num), Selection(held_out=30)).held_out
