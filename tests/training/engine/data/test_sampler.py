"""Faces come in a shuffled order that can be taken up again anywhere."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from training.engine.data.sampler import Order


@given(
    num_faces=st.integers(1, 40),
    counts=st.lists(st.integers(0, 30), max_size=12),
    seed=st.integers(0, 99),
)
@settings(deadline=None)
def test_each_round_shows_every_face_once(num_faces: int, counts: list[int], seed: int) -> None:
    order = Order(num_faces=num_faces, seed=seed)
    drawn = [place for count in counts for place in order.draw(count)]
    assert len(drawn) == order.num_drawn == sum(counts)
    for start in range(0, len(drawn) - num_faces + 1, num_faces):
        assert sorted(drawn[start : start + num_faces]) == list(range(num_faces))


@given(before=st.integers(0, 100), after=st.integers(1, 50))
@settings(deadline=None)
def test_it_goes_on_from_how_many_were_drawn(before: int, after: int) -> None:
    whole = Order(num_faces=30, seed=5)
    whole.draw(before)
    resumed = Order(num_faces=30, seed=5)
    resumed.num_drawn = before
    assert resumed.draw(after) == whole.draw(after)


def test_rounds_and_seeds_differ() -> None:
    first = Order(num_faces=50, seed=0)
    rounds = [first.draw(50), first.draw(50), Order(num_faces=50, seed=1).draw(50)]
    assert rounds[0] != rounds[1]
    assert rounds[0] != rounds[2]
    assert rounds[1] != rounds[2]


def test_looking_ahead_draws_nothing() -> None:
    order = Order(num_faces=5, seed=1)
    order.draw(3)
    ahead = order.after(3, 4)
    assert order.num_drawn == 3
    assert order.draw(4) == ahead
