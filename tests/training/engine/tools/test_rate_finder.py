"""A learning rate is found by training at rising rates; the run stays as it was."""

from __future__ import annotations

import json
import math
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.training.engine import tiny  # noqa: F401, it makes its models known
from tests.training.engine.run_folders import saved_tensors
from training.engine.errors import RateNotFound
from training.engine.tools.rate_finder import DIVERGED, MARGIN, judged, main, rising, smoothed


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of a run but the lock, which is only ever empty."""
    files = (path for path in folder.rglob("*") if path.is_file() and path.suffix != ".lock")
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def test_rates_rise_by_the_same_share_each_step() -> None:
    rates = rising(1e-6, 1e-2, 41)
    assert (rates[0], rates[-1]) == (1e-6, pytest.approx(1e-2))
    assert rates[10] == pytest.approx(1e-5)


def test_a_running_mean_of_equal_losses_is_that_loss_from_the_first_on() -> None:
    assert smoothed([2.0] * 30) == pytest.approx([2.0] * 30)


def test_a_loss_that_falls_and_then_bursts_gives_a_tenth_of_the_rate_where_it_was_least() -> None:
    rates = rising(1e-7, 1e-1, 200)
    losses = [1.0 / (1 + rate / 1e-4) if rate < 1e-3 else 5.0 for rate in rates]
    result = judged(rates, losses)
    assert 0.8e-3 < result.least_at < 1e-3
    assert result.suggested == pytest.approx(result.least_at / MARGIN, rel=0.1)
    assert result.diverged_at is not None
    assert result.least_at < result.diverged_at < 1.3e-3


def test_a_loss_that_is_no_number_is_a_burst_and_is_not_told() -> None:
    rates = rising(1e-7, 1e-1, 100)
    losses = [1.0 - 0.01 * place for place in range(50)] + [math.nan]
    result = judged(rates, losses)
    assert result.diverged_at == rates[50]
    assert len(result.losses) == len(result.rates) == 50
    json.dumps(result.losses, allow_nan=False)


@pytest.mark.parametrize("losses", [[1.0] * 100, [math.nan], [1.0 + 0.1 * n for n in range(90)]])
def test_a_loss_that_never_falls_gives_no_rate(losses: list[float]) -> None:
    with pytest.raises(RateNotFound, match="did not fall"):
        judged(rising(1e-7, 1e-1, 100), losses)


@pytest.mark.parametrize("seed", range(20))
def test_chance_alone_is_not_taken_for_a_loss_that_fell(seed: int) -> None:
    """A trained run's loss differs from batch to batch and no longer falls."""
    for steps in (30, 200):
        chance = random.Random(seed)
        losses = [chance.gauss(0.2, 0.02) for _ in range(steps - 5)] + [0.6] * 5
        with pytest.raises(RateNotFound, match=r"did not fall clearly .* keep its rate"):
            judged(rising(1e-7, 1e-1, steps), losses)


@pytest.mark.parametrize("seed", range(20))
def test_a_loss_that_falls_amid_chance_gives_a_rate_near_the_right_one(seed: int) -> None:
    chance, rates = random.Random(seed), rising(1e-7, 1e-1, 200)
    losses = [
        chance.gauss(1.0, 0.1) * (1 / (1 + rate / 1e-4) if rate < 1e-3 else 5.0) for rate in rates
    ]
    assert 2e-5 < judged(rates, losses).suggested <= 1.2e-4


def test_a_run_is_left_as_it_was_and_a_rate_for_it_is_found(
    make_run: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    run_dir = make_run(batch_size=8, model="steady")
    before = contents(run_dir)
    assert main([str(run_dir), "--lowest", "1e-5", "--highest", "1", "--steps", "120"]) == 0
    said = capsys.readouterr()
    result = json.loads(said.out)
    assert contents(run_dir) == before
    assert 1e-5 < result["suggested"] < result["least_at"] < 1
    assert max(smoothed(result["losses"])[:-1]) < DIVERGED * max(result["losses"])
    assert f"set learning_rate={result['suggested']:g}" in said.err


def test_a_trained_run_goes_on_from_its_weights_and_keeps_them(
    make_run: Callable[..., Path],
    train: Callable[[Path], int],
    capsys: pytest.CaptureFixture[str],
) -> None:
    run_dir = make_run(steps=60, batch_size=8, model="steady", learning_rate=1e-3)
    first = ["--lowest", "1e-6", "--highest", "1", "--steps", "150"]
    assert main([str(run_dir), *first]) == 0
    anew = json.loads(capsys.readouterr().out)["losses"][0]
    assert train(run_dir) == 0
    trained = saved_tensors(run_dir)
    before = contents(run_dir)
    assert main([str(run_dir), *first]) == 0
    later = json.loads(capsys.readouterr().out)["losses"][0]
    assert later < 0.9 * anew
    assert contents(run_dir) == before
    assert all(saved_tensors(run_dir)[name].equal(each) for name, each in trained.items())


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (("--lowest", "0"), "must rise"),
        (("--lowest", "0.1", "--highest", "0.01"), "must rise"),
        (("--steps", "3"), "at least 20 steps"),
    ],
)
def test_rates_that_do_not_rise_are_refused(
    make_run: Callable[..., Path],
    capsys: pytest.CaptureFixture[str],
    wrong: tuple[str, ...],
    sentence: str,
) -> None:
    assert main([str(make_run()), *wrong]) == 2
    assert sentence in capsys.readouterr().err


def test_a_folder_that_is_no_run_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(tmp_path)]) == 2
    assert "config.json" in capsys.readouterr().err
