"""Groups stand around their best member, whatever the order in which pairs were found."""

from __future__ import annotations

import itertools
import random

from hypothesis import given
from hypothesis import strategies as st

from curation.vision.duplicate_groups import badness, better_copies, goodness, groups

PICTURES = st.integers(0, 11)
PAIRS = st.sets(st.tuples(PICTURES, PICTURES).filter(lambda pair: pair[0] < pair[1]), max_size=30)
ORDERS = st.permutations(range(12))


@given(PAIRS, ORDERS)
def test_everybody_is_near_the_best_of_their_group(
    pairs: set[tuple[int, int]], order: list[int]
) -> None:
    found = groups(pairs, badness=order.index)
    near = pairs | {(other, one) for one, other in pairs}
    for best, *others in found:
        assert others
        assert all((best, other) in near for other in others)
        assert order.index(best) < min(map(order.index, others))
    bests = [best for best, *_others in found]
    assert not any(pair in near for pair in itertools.combinations(bests, 2))
    members = [member for group in found for member in group]
    assert len(members) == len(set(members))


@given(PAIRS, ORDERS, st.randoms(use_true_random=False))
def test_the_order_of_pairs_does_not_matter(
    pairs: set[tuple[int, int]], order: list[int], chance: random.Random
) -> None:
    shuffled = [pair if chance.random() < 0.5 else pair[::-1] for pair in pairs]
    chance.shuffle(shuffled)
    assert groups(shuffled, badness=order.index) == groups(pairs, badness=order.index)


def test_a_chain_is_not_one_group() -> None:
    """1 is near 2, 2 near 3, 3 near 4: the ends are not the same picture."""
    chain = [(1, 2), (2, 3), (3, 4)]
    assert groups(chain, badness=lambda picture: picture) == [[1, 2], [3, 4]]
    assert groups(chain, badness=lambda picture: abs(picture - 2)) == [[2, 1, 3]]


def test_the_sharper_larger_and_franker_face_is_better() -> None:
    plain = {"sharpness": 0.4, "side": 200.0, "yaw": 20.0, "pitch": 0.0}
    for better in ({"sharpness": 0.5}, {"side": 300.0}, {"yaw": 5.0}, {"yaw": -5.0}):
        assert goodness(**(plain | better)) > goodness(**plain)
    assert goodness(**(plain | {"yaw": 120.0})) == 0


def test_between_faces_as_good_more_pixels_decide_and_then_who_came_first() -> None:
    one = badness(8.0, num_pixels=100, place=1)
    assert one < badness(7.9, num_pixels=400, place=0)
    assert badness(8.0, num_pixels=101, place=2) < one
    assert badness(8.0, num_pixels=100, place=0) < one


def test_whoever_is_copied_is_named_the_best_of_the_group() -> None:
    pairs = [(1, 2), (2, 3), (4, 5)]
    assert better_copies(pairs, badness=lambda picture: abs(picture - 2)) == {1: 2, 3: 2, 5: 4}
    assert better_copies([], badness=lambda picture: picture) == {}
