"""Who looks on from outside sees a run's checkpoints as the trainer left them."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from curation.files import write_json
from training.engine.run.checkpoint_files import (
    BEST,
    FORMAT,
    LAST,
    about_path,
    checkpoint_path,
    drop_all_but,
    keep,
    last_step,
    point_to,
    pointed_to,
    saved_checkpoints,
    snapshot_path,
)

SAVED_AT = "2026-11-23T07:00:00+00:00"


@pytest.fixture
def run_dir(tmp_path: Path) -> Path:
    (tmp_path / "checkpoints").mkdir()
    return tmp_path


def put(path: Path, step: int) -> Path:
    path.write_bytes(b"no tensors")
    write_json(about_path(path), {"format": FORMAT, "step": step, "saved_at": SAVED_AT})
    return path


def test_at_the_same_step_the_whole_checkpoint_counts_not_the_snapshot(run_dir: Path) -> None:
    snapshot, whole = put(snapshot_path(run_dir, 10), 10), put(checkpoint_path(run_dir, 20), 20)
    put(snapshot_path(run_dir, 20), 20)
    assert [saved.path for saved in saved_checkpoints(run_dir)] == [snapshot, whole]


def test_half_of_a_checkpoint_or_another_format_is_passed_over(run_dir: Path) -> None:
    put(checkpoint_path(run_dir, 10), 10).unlink()
    about_path(put(checkpoint_path(run_dir, 20), 20)).write_text("{")
    write_json(
        about_path(put(checkpoint_path(run_dir, 30), 30)),
        {"format": "other/1", "step": 30, "saved_at": SAVED_AT},
    )
    assert saved_checkpoints(run_dir) == []


def test_the_step_to_go_on_from_is_the_last_ones_and_0_before_the_first(run_dir: Path) -> None:
    assert last_step(run_dir) == 0
    path = put(checkpoint_path(run_dir, 20), 20)
    point_to(run_dir, LAST, path, step=20)
    assert (last_step(run_dir), pointed_to(run_dir, LAST)) == (20, path)
    with pytest.raises(FileNotFoundError):
        pointed_to(run_dir, BEST)
    for torn in ("{", "[]", '{"file": null}', '{"step": "soon"}'):
        (run_dir / "checkpoints" / LAST).write_text(torn)
        assert last_step(run_dir) == 0


def test_snapshots_stay_when_older_checkpoints_go(run_dir: Path) -> None:
    snapshot = put(snapshot_path(run_dir, 10), 10)
    put(checkpoint_path(run_dir, 10), 10)
    newest = put(checkpoint_path(run_dir, 20), 20)
    drop_all_but(run_dir, {newest.stem})
    assert [saved.path for saved in saved_checkpoints(run_dir)] == [snapshot, newest]


def test_what_somebody_kept_in_time_is_there_and_what_went_before_is_said_to_be_gone(
    run_dir: Path,
) -> None:
    """A conversion picks a checkpoint at the moment in which the trainer drops it."""
    for step in range(1, 200):
        old = put(checkpoint_path(run_dir, step), step)
        meet = threading.Barrier(2)
        dropping = threading.Thread(
            target=lambda: (meet.wait(), drop_all_but(run_dir, {"step-0"}))  # noqa: B023
        )
        dropping.start()
        meet.wait()
        was_kept = keep(old)
        dropping.join()
        assert old.is_file() == about_path(old).is_file() == was_kept


def test_of_two_checkpoints_of_one_step_the_later_one_counts(run_dir: Path) -> None:
    """As after go_back, when the earlier one was kept."""
    first = put(checkpoint_path(run_dir, 10), 10)
    again = put(first.with_stem(f"{first.stem}-again"), 10)
    later = {"format": FORMAT, "step": 10, "saved_at": "2026-11-23T08:00:00+00:00"}
    write_json(about_path(again), later)
    assert [saved.path for saved in saved_checkpoints(run_dir)] == [again]


def test_who_looks_on_need_not_load_torch() -> None:
    """The site's processes read run folders; torch would cost each of them seconds and memory."""
    program = (
        "import sys, training.engine.run.checkpoint_files, training.engine.run.commands, "
        "training.engine.run.curves, training.engine.run.release_folder; "
        "sys.exit('torch' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
