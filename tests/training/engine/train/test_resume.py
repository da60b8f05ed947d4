"""A killed run goes on from its checkpoint and ends as if it had never been killed."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.training.engine.run_folders import (
    assert_same,
    portraits_of,
    put_faces,
    saved_tensors,
    start_trainer,
    wait_for_step,
)
from training.engine.run.events import EVENTS_FILE, outcome, read_events

STEPS = 280
"""So many more than at the last kill that even a quick machine is not through by then."""


@pytest.mark.slow
@pytest.mark.parametrize(
    "changed",
    [{}, {"ema_decay": 0.9, "warmup_steps": 90, "warp": "landmarks", "optimizer": "adabelief"}],
)
def test_a_run_killed_at_random_moments_ends_bit_for_bit_as_an_untouched_one(
    make_run: Callable[..., Path], changed: dict[str, Any]
) -> None:
    settings = {"steps": STEPS, "save_every": 7, "batch_size": 6, **changed}
    untouched, killed = make_run("untouched", **settings), make_run("killed", **settings)
    trainer = start_trainer(untouched)
    _, said = trainer.communicate(timeout=300)
    assert trainer.returncode == 0, said

    chance = random.Random()
    for earliest in (5, 60, 150):
        trainer = start_trainer(killed)
        wait_for_step(killed, earliest)
        time.sleep(chance.random() * 0.2)
        trainer.kill()
        trainer.communicate()
        assert outcome(killed) is None
    trainer = start_trainer(killed)
    _, said = trainer.communicate(timeout=300)
    assert trainer.returncode == 0, said

    assert_same(saved_tensors(untouched), saved_tensors(killed))
    started, _ = read_events(killed / EVENTS_FILE)
    assert sum(event["event"] == "started" for event in started) == 4


@pytest.mark.slow
def test_sigterm_saves_and_ends_with_3(make_run: Callable[..., Path]) -> None:
    run_dir = make_run(steps=100_000, save_every=100_000)
    trainer = start_trainer(run_dir)
    wait_for_step(run_dir, 20)
    trainer.terminate()
    _, said = trainer.communicate(timeout=300)
    assert trainer.returncode == 3, said
    events, _ = read_events(run_dir / EVENTS_FILE)
    last = events[-1]["step"]
    assert last > 0
    # An earlier preview may still have been drawn, and is told whenever it is there.
    of_the_last_step = [event["event"] for event in events if event.get("step") == last]
    assert of_the_last_step == ["loss", "checkpoint", "preview", "stopped"]


@pytest.mark.slow
def test_a_stop_while_faces_are_being_cut_out_is_obeyed(make_run: Callable[..., Path]) -> None:
    run_dir = make_run()
    (run_dir / "a" / "faces" / "faces.json").unlink()
    trainer = start_trainer(run_dir)
    while not any(event["event"] == "preparing" for event in read_events(run_dir / EVENTS_FILE)[0]):
        time.sleep(0.01)
    trainer.terminate()
    trainer.communicate(timeout=300)
    assert trainer.returncode == 3
    assert outcome(run_dir) == "stopped"
    assert not list((run_dir / "a").glob(".faces*"))


@pytest.mark.slow
def test_original_resumes_bit_for_bit(make_run: Callable[..., Path]) -> None:
    """The real model, in one process after another."""
    settings = {"model": "original", "steps": 4, "batch_size": 1}
    whole, halved = make_run("whole", **settings), make_run("halved", **settings, save_every=2)
    for run_dir in (whole, halved):
        for side, person in (("a", "ada"), ("b", "bob")):
            digest = json.loads((run_dir / "config.json").read_text())[side]["manifest_sha256"]
            pictures = portraits_of(person, variants=6)
            put_faces(run_dir / side, digest, pictures, model_input=64)
        trainer = start_trainer(run_dir)
        if run_dir is halved:
            wait_for_step(run_dir, 3)
            trainer.kill()
            trainer.communicate()
            trainer = start_trainer(run_dir)
        _, said = trainer.communicate(timeout=300)
        assert trainer.returncode == 0, said
    assert_same(saved_tensors(whole), saved_tensors(halved))
