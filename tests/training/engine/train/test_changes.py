"""What a command or config.json changes between two steps holds, and for how long."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from training.engine.checkpoints.checkpoint import last_checkpoint
from training.engine.run.checkpoint_files import saved_checkpoints
from training.engine.run.commands import send

Make = Callable[..., Path]
Train = Callable[[Path], int]
Events = Callable[..., list[dict[str, object]]]


def mend(run_dir: Path, **settings: object) -> None:
    given = json.loads((run_dir / "config.json").read_text())
    (run_dir / "config.json").write_text(json.dumps({**given, **settings}))


def num_sampled(run_dir: Path) -> int:
    """Faces of either person that the last checkpoint's run had seen."""
    saved = last_checkpoint(run_dir)
    assert saved is not None
    drawn: dict[str, int] = saved.about["num_sampled"]
    assert drawn["a"] == drawn["b"]
    return drawn["a"]


def test_rate_and_batch_are_set_while_it_trains_and_outlive_a_stop(
    make_run: Make, train: Train, events: Events
) -> None:
    run_dir = make_run(steps=30)
    send(run_dir, "set", learning_rate=0.0001, batch_size=6)
    send(run_dir, "set", batch_size=0)
    send(run_dir, "stop")
    assert train(run_dir) == 3
    (changed,) = events(run_dir, "changed")
    assert (changed["learning_rate"], changed["batch_size"]) == (0.0001, 6)
    (refused,) = events(run_dir, "refused")
    assert "batch_size must be a whole number" in str(refused["reason"])
    assert train(run_dir) == 0
    after = events(run_dir, "loss")[-1]
    assert after["learning_rate"] == 0.0001
    # One step of the four faces it was made with, then 29 of six.
    assert num_sampled(run_dir) == 4 + 29 * 6


def test_a_batch_set_too_large_is_forgotten_when_the_run_goes_on(
    make_run: Make, train: Train, events: Events
) -> None:
    run_dir = make_run(model="hungry", batch_size=2, steps=20, save_every=1, save_seconds=0)
    send(run_dir, "stop")
    assert train(run_dir) == 3
    send(run_dir, "set", batch_size=8)
    assert train(run_dir) == 1
    (failed,) = events(run_dir, "failed")
    assert failed["context"] == {"batch_size": 8, "fits": 2}
    assert train(run_dir) == 0
    assert num_sampled(run_dir) == 20 * 2


def test_what_config_json_says_anew_goes_before_an_older_command(
    make_run: Make, train: Train, events: Events
) -> None:
    run_dir = make_run(steps=10, batch_size=4)
    send(run_dir, "set", batch_size=6, learning_rate=0.0001)
    send(run_dir, "stop")
    assert train(run_dir) == 3
    mend(run_dir, batch_size=2)
    assert train(run_dir) == 0
    assert num_sampled(run_dir) == 4 + 9 * 2
    assert events(run_dir, "loss")[-1]["learning_rate"] == 0.0001


def test_a_command_after_that_holds_until_config_json_says_another(
    make_run: Make, train: Train
) -> None:
    run_dir = make_run(steps=10, batch_size=4)
    for batch_size in (6, 8):
        send(run_dir, "set", batch_size=batch_size)
        send(run_dir, "stop")
        assert train(run_dir) == 3
        if batch_size == 6:
            mend(run_dir, batch_size=2)
    # A step of 4 and one of 2, each before the command at hand was obeyed; then 8 of 8.
    assert train(run_dir) == 0
    assert num_sampled(run_dir) == 4 + 2 + 8 * 8


def test_a_checkpoint_that_does_not_tell_what_was_changed_leaves_it_to_config_json(
    make_run: Make, train: Train
) -> None:
    run_dir = make_run(steps=10, batch_size=4)
    send(run_dir, "set", batch_size=6)
    send(run_dir, "stop")
    assert train(run_dir) == 3
    saved = last_checkpoint(run_dir)
    assert saved is not None
    sidecar = saved.path.with_suffix(".json")
    about = json.loads(sidecar.read_text())
    sidecar.write_text(json.dumps({**about, "changed": {"batch_size": 6}}))
    assert train(run_dir) == 0
    assert num_sampled(run_dir) == 10 * 4


def test_a_checkpoint_that_was_asked_for_stays_when_the_run_goes_on(
    make_run: Make, train: Train
) -> None:
    run_dir = make_run(steps=12, save_every=2, save_seconds=0)
    send(run_dir, "save")
    assert train(run_dir) == 0
    assert 1 in [saved.step for saved in saved_checkpoints(run_dir)]


def test_a_save_that_must_wait_for_a_tried_batch_is_kept_all_the_same(
    make_run: Make, train: Train
) -> None:
    run_dir = make_run(steps=12, save_every=3, save_seconds=0)
    send(run_dir, "set", batch_size=6)
    send(run_dir, "save")
    assert train(run_dir) == 0
    assert 2 in [saved.step for saved in saved_checkpoints(run_dir)]
