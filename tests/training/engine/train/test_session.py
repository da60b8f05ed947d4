"""A training session is built the same every time and restored as it was."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.training.engine.run_folders import assert_same, saved_tensors
from training.engine.checkpoints.checkpoint import last_checkpoint
from training.engine.models.registry import architecture_named
from training.engine.run.commands import send
from training.engine.run.events import outcome

Make = Callable[..., Path]
Train = Callable[[Path], int]
Events = Callable[..., list[dict[str, object]]]


def test_what_is_trained_gets_better(make_run: Make, train: Train, events: Events) -> None:
    run_dir = make_run(steps=150, learning_rate=0.002)
    assert train(run_dir) == 0
    losses = events(run_dir, "loss")
    for side in "ab":
        assert losses[-1][side] < 0.8 * losses[0][side]


def test_a_run_is_the_same_every_time(make_run: Make, train: Train) -> None:
    left, right, other = (
        make_run("left", steps=5),
        make_run("right", steps=5),
        make_run("x", seed=1),
    )
    for run_dir in (left, right, other):
        assert train(run_dir) == 0
    assert_same(saved_tensors(left), saved_tensors(right))


def test_a_stopped_run_goes_on_as_if_nothing_had_been(
    make_run: Make, train: Train, events: Events
) -> None:
    whole, halved = make_run("whole", steps=30), make_run("halved", steps=30)
    assert train(whole) == 0
    send(halved, "stop")
    assert train(halved) == 3
    assert outcome(halved) == "stopped"
    assert events(halved, "stopped")[0]["step"] == 1
    assert train(halved) == 0
    assert events(halved, "started")[1]["step"] == 1
    assert_same(saved_tensors(whole), saved_tensors(halved))


def test_a_finished_run_started_again_is_still_finished(
    make_run: Make, train: Train, events: Events
) -> None:
    run_dir = make_run(steps=3)
    assert train(run_dir) == 0
    before = saved_tensors(run_dir)
    assert train(run_dir) == 0
    assert [event["step"] for event in events(run_dir, "finished")] == [3, 3]
    assert_same(before, saved_tensors(run_dir))


def test_a_mean_of_the_weights_is_kept_and_drawn_with(make_run: Make, train: Train) -> None:
    run_dir = make_run(steps=12, ema_decay=0.5, learning_rate=0.01)
    assert train(run_dir) == 0
    saved = last_checkpoint(run_dir)
    assert saved is not None
    newest, mean = architecture_named("tiny").build(), architecture_named("tiny").build()
    saved.load_model(newest)
    saved.load_model(mean, ema=True)
    apart = [
        (one - two).abs().max().item()
        for one, two in zip(newest.parameters(), mean.parameters(), strict=True)
    ]
    # Half of every step is still to come: near, but not the same.
    assert 0 < max(apart) < 0.1
