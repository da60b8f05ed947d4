"""A run's curves lie beside it for TensorBoard, and never stand in its way."""

from __future__ import annotations

import struct
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from tensorboardX.proto.event_pb2 import Event

from tests.training.engine.run_folders import ROOT
from training.engine.run.events import Reporter, read_events
from training.engine.train.tensorboard import TensorBoard

LOSS: dict[str, Any] = {
    "a": 0.5,
    "b": 0.25,
    "average": 0.75,
    "examples_per_second": 16.0,
    "learning_rate": 5e-5,
    "memory": 1_000_000,
}


def curves_in(folder: Path) -> list[Event]:
    """What the files hold, by the format's own rule: length, checksum, content, checksum."""
    events = []
    for path in sorted(folder.iterdir()):
        content = path.read_bytes()
        while content:
            (length,) = struct.unpack("<Q", content[:8])
            events.append(Event.FromString(content[12 : 12 + length]))
            content = content[12 + length + 4 :]
    return events


def test_every_number_of_a_loss_is_a_curve(tmp_path: Path) -> None:
    with closing(Reporter(tmp_path / "events.jsonl", listener=TensorBoard(tmp_path))) as reporter:
        reporter.report("started", step=40)
        reporter.report("loss", step=41, **LOSS)
    version, start, loss = curves_in(tmp_path / "tensorboard")
    assert version.file_version == "brain.Event:2"
    # What an earlier trainer told of later steps is taken back.
    assert (start.step, start.session_log.status) == (41, start.session_log.START)
    assert loss.step == 41
    assert {value.tag: pytest.approx(value.simple_value) for value in loss.summary.value} == {
        "loss/a": 0.5,
        "loss/b": 0.25,
        "loss/average": 0.75,
        "speed/examples_per_second": 16.0,
        "learning_rate": 5e-5,
        "memory/bytes": 1_000_000,
    }


def test_a_run_goes_on_without_curves_when_they_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "tensorboard").write_text("a file stands where the folder belongs")
    path = tmp_path / "events.jsonl"
    with closing(Reporter(path, listener=TensorBoard(tmp_path))) as reporter:
        reporter.report("started", step=0)
        reporter.report("loss", step=1, **LOSS)
    assert [event["event"] for event in read_events(path)[0]] == ["started", "loss"]


def test_who_trains_nothing_does_not_load_the_library() -> None:
    load = "import sys; from training.engine.train import tensorboard"
    program = f"{load}; sys.exit('tensorboardX' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False).returncode == 0
