"""The loop reports, saves, draws and obeys when it is due."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.training.engine.checkpoints.test_saver import room_for
from tests.training.engine.conftest import Events
from tests.training.engine.run_folders import saved_tensors
from training.engine.checkpoints.checkpoint import best_checkpoint, last_checkpoint
from training.engine.checkpoints.go_back import go_back
from training.engine.run.commands import send

Make, Train, Read = Callable[..., Path], Callable[[Path], int], Callable[..., Events]


def test_a_loss_is_told_with_all_that_belongs_to_it(
    make_run: Make, train: Train, events: Read
) -> None:
    run_dir = make_run(steps=4, save_every=2, learning_rate=0.002)
    assert train(run_dir) == 0
    losses = events(run_dir, "loss")
    sums = [loss["a"] + loss["b"] for loss in losses]
    # The average begins anew after each save.
    assert [loss["average"] for loss in losses] == pytest.approx(
        [sums[0], (sums[0] + sums[1]) / 2, sums[2], (sums[2] + sums[3]) / 2]
    )
    assert [saved["average"] for saved in events(run_dir, "checkpoint")] == pytest.approx(
        [losses[1]["average"], losses[3]["average"]]
    )
    assert {loss["learning_rate"] for loss in losses} == {0.002}
    assert all(1e7 < loss["memory"] < 1e11 for loss in losses)
    assert list((run_dir / "tensorboard").iterdir())


def test_the_best_of_a_run_is_kept_and_gone_back_to(
    make_run: Make, train: Train, events: Read
) -> None:
    run_dir = make_run(steps=12, save_every=2, learning_rate=0.01)
    assert train(run_dir) == 0
    saved = events(run_dir, "checkpoint")
    wanted = min(saved, key=lambda event: event["average"])
    best = best_checkpoint(run_dir)
    assert best is not None
    assert (best.step, best.average) == (wanted["step"], wanted["average"])
    go_back(run_dir)
    assert train(run_dir) == 0
    assert events(run_dir, "started")[-1]["step"] == best.step
    last = last_checkpoint(run_dir)
    assert last is not None
    assert last.step == 12


def test_a_stop_just_after_a_save_makes_no_best_of_one_lucky_step(
    make_run: Make, train: Train, events: Read
) -> None:
    run_dir = make_run(steps=30, save_every=10, save_seconds=0, learning_rate=0.01)
    assert train(run_dir) == 0
    config = run_dir / "config.json"
    config.write_text(config.read_text().replace('"steps": 30', '"steps": 60'))
    send(run_dir, "stop")
    assert train(run_dir) == 3
    *rated, stopped = events(run_dir, "checkpoint")
    assert (stopped["step"], "average" in stopped) == (31, False)
    best, last = best_checkpoint(run_dir), last_checkpoint(run_dir)
    assert best is not None
    assert last is not None
    assert best.average == min(event["average"] for event in rated)
    assert last.step == 31
    assert train(run_dir) == 0
    assert [event["step"] for event in events(run_dir, "checkpoint") if "average" in event] == [
        *(10, 20, 30),
        *(50, 60),
    ]


def test_a_full_disk_ends_a_run_with_a_reason_and_loses_nothing(
    make_run: Make, train: Train, events: Read
) -> None:
    run_dir = make_run(steps=2)
    assert train(run_dir) == 0
    before = last_checkpoint(run_dir)
    config = run_dir / "config.json"
    config.write_text(config.read_text().replace('"steps": 2', '"steps": 40'))
    with room_for(150_000):
        assert train(run_dir) == 1
    failed = events(run_dir)[-1]
    assert (failed["event"], failed["code"]) == ("failed", "disk_full")
    assert "No room is left on the disk" in failed["message"]
    assert last_checkpoint(run_dir) == before
    assert train(run_dir) == 0


def test_settings_change_while_it_trains_and_nonsense_is_told(
    make_run: Make, train: Train, events: Read
) -> None:
    run_dir = make_run(steps=3)
    send(run_dir, "set", learning_rate=0.005)
    send(run_dir, "set", learning_rate=-1)
    assert train(run_dir) == 0
    changes: list[dict[str, Any]] = events(run_dir, "changed")
    assert [event["learning_rate"] for event in changes] == [0.005]
    # Asked for before the first step, obeyed after it.
    assert [loss["learning_rate"] for loss in events(run_dir, "loss")][1:] == [0.005, 0.005]
    (refused,) = events(run_dir, "refused")
    assert "learning_rate must be a number" in refused["reason"]


def test_a_run_tells_its_story_from_start_to_end(
    make_run: Make, train: Train, events: Read
) -> None:
    run_dir = make_run(steps=40, save_every=20)
    assert train(run_dir) == 0

    kinds = [event["event"] for event in events(run_dir)]
    assert kinds[:3] == ["prepared", "prepared", "started"]
    assert kinds[-1] == "finished"
    assert [event["step"] for event in events(run_dir, "loss")] == [*range(1, 21), 30, 40]
    assert [event["step"] for event in events(run_dir, "checkpoint")] == [20, 40]
    assert [event["step"] for event in events(run_dir, "preview")] == [1, 10, 25, 40]
    assert all(event["examples_per_second"] > 0 for event in events(run_dir, "loss"))
    started = events(run_dir, "started")[0]
    assert (started["step"], started["device"], started["steps"]) == (0, "cpu", 40)


def test_a_run_saves_and_previews_when_asked(make_run: Make, train: Train, events: Read) -> None:
    run_dir = make_run(steps=30, save_every=30)
    send(run_dir, "save")
    send(run_dir, "preview")
    assert train(run_dir) == 0
    assert [event["step"] for event in events(run_dir, "checkpoint")] == [1, 30]


def test_previews_and_a_timelapse_frame_for_every_checkpoint(make_run: Make, train: Train) -> None:
    run_dir = make_run(steps=40, save_every=20, timelapse=True)
    assert train(run_dir) == 0
    frames = sorted(path.name for path in (run_dir / "timelapse").iterdir())
    assert frames == ["00000020.webp", "00000040.webp"]


def test_snapshots_are_kept_besides(make_run: Make, train: Train, events: Read) -> None:
    run_dir = make_run(steps=6, snapshot_every=2)
    assert train(run_dir) == 0
    assert [event["step"] for event in events(run_dir, "snapshot")] == [2, 4, 6]
    assert len(list((run_dir / "checkpoints").glob("snapshot-*.safetensors"))) == 3


def test_a_loss_that_is_no_number_stops_the_run_and_spoils_nothing(
    make_run: Make, train: Train, events: Read
) -> None:
    run_dir = make_run(model="bursting", steps=20, save_every=2)
    assert train(run_dir) == 1
    failed = events(run_dir, "failed")[0]
    assert failed["code"] == "loss_not_finite"
    assert "lower learning_rate" in str(failed["message"])
    assert [event["step"] for event in events(run_dir, "checkpoint")] == [2, 4]
    assert all(tensor.isfinite().all() for tensor in saved_tensors(run_dir).values())
