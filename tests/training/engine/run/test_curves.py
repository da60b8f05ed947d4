"""A long run's curve is read quickly, thinned, and tells what counts."""

from __future__ import annotations

import json
import tracemalloc
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.engine.run.curves import Loss, read_losses


def write_losses(path: Path, steps: list[int]) -> Path:
    """Events whose loss A is the step and whose loss B is 1, some previews between them."""
    with path.open("w") as file:
        for place, step in enumerate(steps):
            common = {"event": "loss", "at": "2026-01-01T00:00:00.000+00:00", "step": step}
            file.write(json.dumps({**common, "a": float(step), "b": 1.0}) + "\n")
            if place % 7 == 0:
                file.write(json.dumps({"event": "preview", "step": step}) + "\n")
    return path


def by_hand(steps: list[int], after: int) -> list[int]:
    """The steps that count: of each, only what was told after the last going back below it."""
    kept: list[int] = []
    for step in steps:
        kept = [earlier for earlier in kept if earlier < step]
        kept.append(step)
    return [step for step in kept if step > after]


@settings(deadline=None, max_examples=50)
@given(
    st.lists(st.tuples(st.integers(0, 400), st.integers(1, 300)), min_size=1, max_size=6),
    st.integers(0, 800),
)
def test_runs_that_were_killed_and_went_back_are_told_as_they_went_on(
    tmp_path_factory: pytest.TempPathFactory, lives: list[tuple[int, int]], after: int
) -> None:
    steps = [step for start, length in lives for step in range(start + 1, start + length + 1)]
    path = write_losses(tmp_path_factory.mktemp("run") / "events.jsonl", steps)
    losses = read_losses(path, at_most=10_000, after=after)
    wanted = by_hand(steps, after)
    assert losses == [Loss(step=step, a=float(step), b=1.0) for step in wanted]


def test_a_long_curve_has_at_most_so_many_points_each_the_mean_of_its_stretch(
    tmp_path: Path,
) -> None:
    path = write_losses(tmp_path / "events.jsonl", list(range(10, 100_001, 10)))
    losses = read_losses(path, at_most=500)
    assert 250 <= len(losses) <= 500
    assert losses[-1].step == 100_000
    # Loss A is the step, so a stretch's mean lies in its middle.
    widths = [right.step - left.step for left, right in pairwise(losses)]
    assert len(set(widths[:-1])) <= 2
    for left, right in pairwise(losses):
        assert right.a == pytest.approx((left.step + 10 + right.step) / 2)


def test_however_long_the_run_reading_it_takes_little_memory(tmp_path: Path) -> None:
    peaks = []
    for num_losses in (2_000, 40_000):
        path = write_losses(tmp_path / f"{num_losses}.jsonl", list(range(1, num_losses + 1)))
        tracemalloc.start()
        read_losses(path, at_most=200)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.5 * peaks[0]


def test_the_newest_losses_are_read_from_the_end_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_losses(tmp_path / "events.jsonl", list(range(1, 20_001)))
    with path.open("rb+") as file:
        # Were the beginning read, it would tell a step that comes after all others.
        file.write(b'{"event": "loss", "step": 99999, "a": 1, "b": 1}   ')
    assert [loss.step for loss in read_losses(path, at_most=100, after=19_990)] == list(
        range(19_991, 20_001)
    )


def test_a_run_that_has_not_begun_has_no_curve(tmp_path: Path) -> None:
    assert read_losses(tmp_path / "events.jsonl", at_most=10) == []
