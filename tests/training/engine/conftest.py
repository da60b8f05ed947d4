"""Run folders with real pictures of people who do not exist."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image

from tests.training.engine import tiny
from tests.training.engine.run_folders import (
    PORTRAITS,
    portraits_of,
    put_faces,
    write_config,
    write_release,
)
from training.engine.run.events import EVENTS_FILE, read_events

Events = list[dict[str, Any]]


@pytest.fixture(autouse=True)
def few_threads() -> None:
    """Tests of tiny models are quickest, and the same everywhere, on one thread."""
    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def portrait() -> Path:
    """A picture with one face in it."""
    return PORTRAITS / "bob_1.jpg"


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run folder of Ada and Bob, 30 pictures each, whose faces are cut out already."""
    folder = tmp_path_factory.mktemp("template")
    sides = {}
    for side, person in (("a", "ada"), ("b", "bob")):
        pictures = portraits_of(person, variants=6)
        digest = write_release(folder / side, person, pictures)
        sides[side] = {"folder": side, "manifest_sha256": digest}
        put_faces(folder / side, digest, pictures)
    write_config(folder, sides)
    return folder


@pytest.fixture
def make_run(template: Path, tmp_path: Path) -> Callable[..., Path]:
    """Makes run folders of Ada and Bob for the tiny model; every setting can be changed."""

    def make(name: str = "run", **settings: Any) -> Path:
        run_dir = tmp_path / name
        shutil.copytree(template, run_dir)
        given = json.loads((template / "config.json").read_text())
        write_config(run_dir, {**given, **settings})
        return run_dir

    return make


@pytest.fixture
def events() -> Callable[..., Events]:
    """Reads the events of a run, all or those of one kind."""

    def read(run_dir: Path, kind: str | None = None) -> Events:
        all_events, _ = read_events(run_dir / EVENTS_FILE)
        return [event for event in all_events if kind in {None, event["event"]}]

    return read


@pytest.fixture
def train() -> Callable[[Path], int]:
    """Trains a run of the tiny model in this process; gives the exit code."""
    return lambda run_dir: tiny.main([str(run_dir)])


@pytest.fixture
def trained(make_run: Callable[..., Path], train: Callable[[Path], int]) -> Path:
    """A run of the tiny model, a few steps old."""
    run_dir = make_run(steps=3)
    assert train(run_dir) == 0
    return run_dir


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    """Bob, small."""
    path = tmp_path / "bob 小.png"
    Image.open(PORTRAITS / "bob_1.jpg").resize((240, 300)).save(path)
    return path
