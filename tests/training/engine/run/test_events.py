"""A run's story can be followed while it is written, whatever happens to the writer."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from training.engine.run.events import Reporter, outcome, read_events


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "events.jsonl"


def tell(path: Path, event: str, step: int) -> None:
    with closing(Reporter(path)) as reporter:
        reporter.report(event, step=step)


def test_each_event_can_be_read_as_soon_as_it_is_told(path: Path) -> None:
    with closing(Reporter(path)) as reporter:
        reporter.report("started", step=0, device="cpu")
        first, offset = read_events(path)
        reporter.report("loss", step=1, a=0.5, b=0.25, examples_per_second=8.0)
        second, _ = read_events(path, offset=offset)

    assert [event["event"] for event in first] == ["started"]
    assert [(event["step"], event["a"]) for event in second] == [(1, 0.5)]
    assert second[0]["at"].endswith("+00:00")


def test_a_line_cut_off_by_a_kill_spoils_nothing(path: Path) -> None:
    tell(path, "started", 0)
    with path.open("ab") as file:
        file.write(b'{"event": "loss", "st')
    events, offset = read_events(path)
    assert [event["event"] for event in events] == ["started"]

    tell(path, "started", 7)
    later, _ = read_events(path, offset=offset)
    assert [event["step"] for event in later] == [7]


def test_a_line_is_not_read_before_it_is_finished(path: Path) -> None:
    path.write_bytes(b'{"event": "loss"')
    assert read_events(path) == ([], 0)
    with path.open("ab") as file:
        file.write(b', "step": 3}\n')
    assert read_events(path)[0] == [{"event": "loss", "step": 3}]


def test_the_last_words_tell_how_a_run_ended(path: Path) -> None:
    assert outcome(path.parent) is None
    tell(path, "stopped", 4)
    assert outcome(path.parent) == "stopped"
    tell(path, "started", 4)
    assert outcome(path.parent) is None
    tell(path, "finished", 9)
    assert outcome(path.parent) == "finished"
