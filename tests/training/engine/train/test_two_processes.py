"""Two processes begin, are stopped, killed or fail together; also on two GPUs, where they are."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from tests.training.engine.run_folders import (
    known_landmarks,
    portraits_of,
    saved_tensors,
    start_trainer,
    wait_for_step,
)
from tests.training.engine.together import (
    end_of,
    process_id,
    processes_of,
    start_together,
    train_together,
)
from training.engine.checkpoints.checkpoint import last_checkpoint
from training.engine.run import permission
from training.engine.run.commands import send
from training.engine.run.events import EVENTS_FILE, outcome, read_events
from training.engine.tools import new_run

pytestmark = pytest.mark.slow


@pytest.fixture(params=["cpu", "cuda"])
def device(request: pytest.FixtureRequest) -> dict[str, Any]:
    """The settings that say what two processes compute on."""
    if request.param == "cuda" and torch.cuda.device_count() < 2:
        pytest.skip("there are no two GPUs here")
    return {"device": request.param, "compile": False}


@pytest.fixture
def new_pictures(tmp_path: Path) -> dict[str, new_run.SideSource]:
    """Thirty pictures a person, whose landmarks are known and whose faces nobody has cut out."""
    sides = {}
    for side, person in (("a", "ada"), ("b", "bob")):
        folder = tmp_path / person
        folder.mkdir()
        pictures = portraits_of(person, variants=6)
        names = [f"{number}.jpg" for number in range(len(pictures))]
        for name, content in zip(names, pictures, strict=True):
            (folder / name).write_bytes(content)
        landmarks = tmp_path / f"{person}.npz"
        np.savez(landmarks, files=names, lm=known_landmarks(len(names)))
        sides[side] = new_run.SideSource(folder, landmarks)
    return sides


def test_two_begin_anew_lose_one_go_on_and_leave_the_rest_to_one(
    new_pictures: dict[str, new_run.SideSource], tmp_path: Path, device: dict[str, Any]
) -> None:
    run_dir = tmp_path / "run"
    settings = {"model": "steady", "steps": 100_000, "save_every": 5, "save_seconds": 0}
    new_run.make_run(run_dir, **new_pictures, settings={**settings, "batch_size": 4, **device})
    trainers = start_together(run_dir, 2)
    wait_for_step(run_dir, 12)
    os.kill(process_id(run_dir, 1), signal.SIGKILL)
    code, _ = end_of(trainers)
    assert code != 0

    step = saved_step(run_dir)
    assert step >= 5
    trainers = start_together(run_dir, 2)
    wait_for_step(run_dir, step + 12)
    send(run_dir, "stop")
    code, said = end_of(trainers)
    # A stop is no failure, of which the launcher would write pages.
    assert (outcome(run_dir), code) == ("stopped", 0)
    assert "FAILED" not in said

    step = saved_step(run_dir)
    trainer = start_trainer(run_dir)
    wait_for_step(run_dir, step + 12)
    send(run_dir, "stop")
    trainer.communicate(timeout=120)
    assert trainer.returncode == 3
    assert saved_step(run_dir) >= step + 12
    assert processes_of(run_dir) == [2, 2, 1]


def saved_step(run_dir: Path) -> int:
    saved = last_checkpoint(run_dir)
    assert saved is not None
    saved.verify()
    return saved.step


def test_one_that_fails_alone_says_why_and_ends_both(
    make_run: Callable[..., Path], device: dict[str, Any]
) -> None:
    run_dir = make_run(steps=100_000, model="fainting", **device)
    code, _ = train_together(run_dir, 2)
    assert code != 0
    events, _ = read_events(run_dir / EVENTS_FILE)
    assert (events[-1]["event"], events[-1]["code"]) == ("failed", "crashed")
    assert "I feel faint" in events[-1]["message"]


def test_nonsense_in_one_process_stops_both_before_a_weight_changes(
    make_run: Callable[..., Path], device: dict[str, Any]
) -> None:
    run_dir = make_run(steps=20, model="bursting", save_every=4, **device)
    code, _ = train_together(run_dir, 2)
    assert code != 0
    events, _ = read_events(run_dir / EVENTS_FILE)
    assert events[-1]["code"] == "loss_not_finite"
    assert [event["step"] for event in events if event["event"] == "checkpoint"] == [4]
    assert all(tensor.isfinite().all() for tensor in saved_tensors(run_dir).values())


def test_both_end_together_when_their_supervisor_falls_silent(
    make_run: Callable[..., Path], device: dict[str, Any]
) -> None:
    run_dir = make_run(steps=1_000_000, save_every=1_000_000, supervised=True, **device)
    trainers = start_together(run_dir, 2)
    renewing_until_step(run_dir, 20)
    code, said = end_of(trainers)
    assert code != 0
    assert (run_dir / "rank0.code").read_text() == (run_dir / "rank1.code").read_text() == "1"
    events, _ = read_events(run_dir / EVENTS_FILE)
    assert events[-1]["code"] == "permission_lost", said
    assert last_checkpoint(run_dir) is None


def renewing_until_step(run_dir: Path, step: int) -> None:
    """Be the supervisor until then, and no longer."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        permission.renew(run_dir)
        events, _ = read_events(run_dir / EVENTS_FILE)
        if any(event["event"] == "loss" and event["step"] >= step for event in events):
            return
        time.sleep(0.2)
    pytest.fail(f"step {step} was never reached")


def test_a_terminated_launcher_lets_both_save_first(
    make_run: Callable[..., Path], device: dict[str, Any]
) -> None:
    run_dir = make_run(steps=100_000, save_every=100_000, **device)
    trainers = start_together(run_dir, 2)
    wait_for_step(run_dir, 20)
    trainers.terminate()
    end_of(trainers)
    assert outcome(run_dir) == "stopped"
    checkpoint = last_checkpoint(run_dir)
    assert checkpoint is not None
    assert checkpoint.step >= 20


def test_nobody_leaves_before_the_main_process_has_drawn_and_saved(
    make_run: Callable[..., Path], device: dict[str, Any]
) -> None:
    """Or the launcher would end it after 30 seconds."""
    run_dir = make_run(model="lingering", steps=2, **device)
    code, said = train_together(run_dir, 2)
    assert code == 0, said
    drawn = (run_dir / "previews" / "00000002.webp").stat().st_mtime_ns
    left = (run_dir / "rank1.code").stat().st_mtime_ns
    assert left > drawn


def test_wrong_input_ends_both_with_one_failure(
    make_run: Callable[..., Path], device: dict[str, Any]
) -> None:
    run_dir = make_run(batch_size=5, **device)
    code, _ = train_together(run_dir, 2)
    assert code != 0
    events, _ = read_events(run_dir / EVENTS_FILE)
    assert [event["event"] for event in events] == ["failed"]
    assert json.dumps(events[0]).count("batch_not_divisible") == 1
