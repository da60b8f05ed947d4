"""A backup is whole whatever happens beside it, and copies nothing twice."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import override_settings

from config.safekeeping.backup import backup
from curation import store
from curation.files import write_bytes, write_json
from training.engine.run.checkpoint_files import (
    BEST,
    LAST,
    about_path,
    checkpoint_path,
    drop_all_but,
    point_to,
    pointed_to,
    read_about,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def target(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("elsewhere") / "backup"


def save(run_dir: Path, step: int) -> None:
    """A checkpoint in the order in which a trainer saves it; the one before goes."""
    tensors, content = checkpoint_path(run_dir, step), f"weights {step}".encode() * 100
    tensors.parent.mkdir(parents=True, exist_ok=True)
    write_bytes(tensors, content)
    about = {"format": "winnow-checkpoint/1", "step": step, "saved_at": "2026-01-01T00:00:00"}
    write_json(about_path(tensors), about | {"digest": hashlib.sha256(content).hexdigest()})
    point_to(run_dir, LAST, tensors, step=step)
    point_to(run_dir, BEST, tensors, step=step)
    drop_all_but(run_dir, {tensors.stem})


@pytest.fixture
def trainer(data_dir: Path) -> Iterator[None]:
    """Saves all the time."""
    ended = threading.Event()
    save(data_dir / "runs" / "1", 1)

    def train() -> None:
        step = 1
        while not ended.is_set():
            step += 1
            save(data_dir / "runs" / "1", step)

    thread = threading.Thread(target=train)
    thread.start()
    yield
    ended.set()
    thread.join()


@pytest.mark.usefixtures("trainer")
def test_what_a_pointer_names_is_there_however_fast_a_trainer_saves(target: Path) -> None:
    num_checked = 0
    for _ in range(10):
        backup(target, report=lambda _: None)
        run_dir = target / "data" / "runs" / "1"
        for pointer in (LAST, BEST):
            if not (run_dir / "checkpoints" / pointer).exists():
                continue  # it was replaced at every try: rather none than a wrong one
            tensors = pointed_to(run_dir, pointer)
            digest = hashlib.sha256(tensors.read_bytes()).hexdigest()
            assert read_about(tensors)["digest"] == digest
            num_checked += 1
    assert num_checked > 0
    assert not list(target.rglob("*.partial*"))


def test_what_was_copied_is_not_copied_again_and_what_went_goes(
    data_dir: Path, target: Path
) -> None:
    first = store.put(b"first")
    (data_dir / "runs" / "7" / "a" / "images").mkdir(parents=True)
    (data_dir / "runs" / "7" / "a" / "images" / "1.png").write_bytes(b"laid out")
    (data_dir / "runs" / "7" / "config.json").write_text("{}")
    (data_dir / "old").write_text("x")
    backup(target, report=lambda _: None)
    copy = target / "objects" / "sha256" / first[:2] / first
    inode = copy.stat().st_ino
    assert not (target / "data" / "runs" / "7" / "a").exists()
    assert (target / "data" / "runs" / "7" / "config.json").exists()

    second = store.put(b"second")
    (data_dir / "old").unlink()
    backup(target, report=lambda _: None)
    assert copy.stat().st_ino == inode
    assert (target / "objects" / "sha256" / second[:2] / second).read_bytes() == b"second"
    assert not (target / "data" / "old").exists()
    assert json.loads((target / "backup.json").read_text())["num_objects"] == 2


def test_a_backup_that_breaks_off_leaves_the_one_before(
    data_dir: Path, target: Path, objects: Path
) -> None:
    store.put(b"first")
    backup(target, report=lambda _: None)
    before = (target / "backup.json").read_bytes()
    (target / "data").write_bytes(b"a file where a folder must be")
    (data_dir / "new").write_text("x")
    with pytest.raises(OSError, match="data"):
        backup(target, report=lambda _: None)
    assert (target / "backup.json").read_bytes() == before
    assert (target / json.loads(before)["database"]).is_file()


def test_it_cannot_lie_in_what_it_shall_outlive(data_dir: Path) -> None:
    with override_settings(DATA_DIR=data_dir), pytest.raises(CommandError, match="outlive"):
        call_command("backup", str(data_dir / "backup"))
