"""Faces come in a shuffled order that can be taken up again anywhere."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from training.engine.data.sampler import Sampler


@given(
    num_faces=st.integers(1, 40),
    counts=st.lists(st.integers(0, 30), max_size=12),
    seed=st.integers(0, 99),
)
@settings(deadline=None)
def test_each_round_shows_every_face_once(num_faces: int, counts: list[int], seed: int) -> None:
    sampler = Sampler(num_faces=num_faces, seed=seed)
    sampled = [place for count in counts for place in sampler.sample(count)]
    assert len(sampled) == sampler.num_sampled == sum(counts)
    for start in range(0, len(sampled) - num_faces + 1, num_faces):
        assert sorted(sampled[start : start + num_faces]) == list(range(num_faces))


@given(before=st.integers(0, 100), after=st.integers(1, 50))
@settings(deadline=None)
def test_it_goes_on_from_how_many_were_drawn(before: int, after: int) -> None:
    whole = Sampler(num_faces=30, seed=5)
    whole.sample(before)
    resumed = Sampler(num_faces=30, seed=5)
    resumed.num_sampled = before
    assert resumed.sample(after) == whole.sample(after)


def test_rounds_and_seeds_differ() -> None:
    first = Sampler(num_faces=50, seed=0)
    rounds = [first.sample(50), first.sample(50), Sampler(num_faces=50, seed=1).sample(50)]
    assert rounds[0] != rounds[1]
    assert rounds[0] != rounds[2]
    assert rounds[1] != rounds[2]


def test_looking_ahead_draws_nothing() -> None:
    sampler = Sampler(num_faces=5, seed=1)
    sampler.sample(3)
    ahead = sampler.after(3, 4)
    assert sampler.num_sampled == 3
    assert sampler.sample(4) == ahead
