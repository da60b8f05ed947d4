"""What a trainer tells is read rightly, whatever it was killed in the middle of."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from training.engine.run.events import EVENTS_FILE, Reporter
from training.runs.telemetry import (
    Loss,
    Preparing,
    TrainerEnding,
    event_log_size,
    read_ending,
    read_losses,
    read_progress,
)


def tell(folder: Path, *events: dict[str, Any]) -> None:
    reporter = Reporter(folder / EVENTS_FILE)
    for event in events:
        reporter.report(**event)
    reporter.close()


def loss(step: int, value: float = 0.5) -> dict[str, Any]:
    return {"event": "loss", "step": step, "a": value, "b": value, "examples_per_second": 16.0}


def started(step: int) -> dict[str, Any]:
    return {"event": "started", "step": step, "device": "cpu", "parameters": 1}


def test_before_the_first_word_all_is_blank(tmp_path: Path) -> None:
    progress = read_progress(tmp_path)
    assert (progress.step, progress.device, progress.preview_step) == (0, "", None)
    assert read_losses(tmp_path) == []
    assert read_ending(tmp_path, offset=0) is None
    assert event_log_size(tmp_path) == 0


def test_while_faces_are_looked_for_it_says_how_many(tmp_path: Path) -> None:
    tell(tmp_path, {"event": "preparing", "side": "b", "done": 3, "total": 60})
    assert read_progress(tmp_path).preparing == Preparing(side="b", done=3, total=60)
    tell(tmp_path, started(0))
    assert read_progress(tmp_path).preparing is None


def test_progress_is_that_of_the_newest_trainer(tmp_path: Path) -> None:
    tell(tmp_path, started(0), loss(1), loss(20), {"event": "preview", "step": 10, "file": "p"})
    progress = read_progress(tmp_path)
    assert (progress.step, progress.examples_per_second, progress.preview_step) == (20, 16.0, 10)

    tell(tmp_path, started(10))
    progress = read_progress(tmp_path)
    assert (progress.step, progress.examples_per_second, progress.preview_step) == (10, None, 10)


def test_of_two_tellings_of_a_step_the_later_counts(tmp_path: Path) -> None:
    tell(tmp_path, loss(10, 1.0), loss(20, 1.0), loss(30, 1.0), started(10), loss(20, 2.0))
    assert read_losses(tmp_path) == [Loss(step=10, a=1.0, b=1.0), Loss(step=20, a=2.0, b=2.0)]


def test_only_what_is_new_is_read(tmp_path: Path) -> None:
    tell(tmp_path, *(loss(step) for step in range(1, 51)))
    assert [each.step for each in read_losses(tmp_path, after=48)] == [49, 50]
    assert read_losses(tmp_path, after=50) == []


def test_reading_on_is_the_same_as_reading_all(tmp_path: Path) -> None:
    """Whatever comes between two looks, and wherever a line is cut by one."""
    tell(
        tmp_path,
        *({"event": "preparing", "side": "a", "done": n, "total": 3} for n in range(4)),
        started(0),
        *(loss(step) for step in range(1, 8)),
        {"event": "checkpoint", "step": 7},
        {"event": "preview", "step": 7, "file": "p"},
        {"event": "preparing", "side": "a", "done": 3, "total": 3},
        started(7),
        loss(8),
    )
    story = (tmp_path / EVENTS_FILE).read_bytes()
    followed = tmp_path / "followed"
    followed.mkdir()
    for end in range(0, len(story) + 1, 11):
        fresh = tmp_path / f"fresh-{end}"
        fresh.mkdir()
        (fresh / EVENTS_FILE).write_bytes(story[:end])
        with (followed / EVENTS_FILE).open("ab") as file:
            file.write(story[max(0, end - 11) : end])
        assert read_progress(followed) == read_progress(fresh)
    assert read_progress(tmp_path).step == 8


def test_what_was_read_is_not_read_again(tmp_path: Path) -> None:
    """A long run is looked at every second: only what is new may cost."""
    tell(tmp_path, started(0), *(loss(step) for step in range(1, 9001)))
    assert read_progress(tmp_path).device == "cpu"
    with (tmp_path / EVENTS_FILE).open("r+b") as file:
        file.write(b"x" * 100_000)
    tell(tmp_path, loss(9001))
    progress = read_progress(tmp_path)
    assert (progress.step, progress.device) == (9001, "cpu")
    assert [each.step for each in read_losses(tmp_path, after=8999)] == [9000, 9001]


def test_a_story_that_begins_anew_is_read_anew(tmp_path: Path) -> None:
    tell(tmp_path, started(0), loss(50))
    assert read_progress(tmp_path).step == 50
    (tmp_path / EVENTS_FILE).unlink()
    assert read_progress(tmp_path).step == 0
    tell(tmp_path, loss(2))
    assert read_progress(tmp_path).step == 2


def test_a_line_that_was_cut_off_is_passed_over(tmp_path: Path) -> None:
    tell(tmp_path, loss(1))
    with (tmp_path / EVENTS_FILE).open("ab") as file:
        file.write(b'{"event": "loss", "step": 2, "a"')
    assert [each.step for each in read_losses(tmp_path)] == [1]
    assert read_progress(tmp_path).step == 1
    tell(tmp_path, loss(3))
    assert [each.step for each in read_losses(tmp_path)] == [1, 3]


def test_the_last_words_of_an_earlier_trainer_are_not_those_of_the_newest(tmp_path: Path) -> None:
    tell(tmp_path, loss(1), {"event": "stopped", "step": 1})
    begins = event_log_size(tmp_path)
    assert read_ending(tmp_path, offset=0) == TrainerEnding(event="stopped")
    assert read_ending(tmp_path, offset=begins) is None
    tell(tmp_path, started(1), {"event": "failed", "code": "disk_full", "message": "No room."})
    ending = read_ending(tmp_path, offset=begins)
    assert ending == TrainerEnding(event="failed", code="disk_full", message="No room.")


@settings(deadline=None)
@given(st.integers(1, 3000), st.integers(1, 500))
def test_a_long_curve_is_thinned_but_keeps_its_end_and_its_mean(
    tmp_path_factory: Any, num_losses: int, most: int
) -> None:
    folder = tmp_path_factory.mktemp("long")
    lines = [
        f'{{"event": "loss", "step": {step}, "a": {step}, "b": 1, "examples_per_second": 1}}\n'
        for step in range(1, num_losses + 1)
    ]
    (folder / EVENTS_FILE).write_text("".join(lines))
    losses = read_losses(folder, most=most)
    assert len(losses) <= most
    assert losses[-1].step == num_losses
    assert all(each.b == 1 for each in losses)
    assert [each.step for each in losses] == sorted({each.step for each in losses})
