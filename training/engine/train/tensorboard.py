"""Writes a run's scalars for TensorBoard: `tensorboard --logdir RUN_DIR/tensorboard` shows them."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

from training.engine.run.events import say
from training.engine.run.folder import TENSORBOARD

SECONDS_BETWEEN_FLUSHES = 10.0
CURVES = {
    "a": "loss/a",
    "b": "loss/b",
    "average": "loss/average",
    "examples_per_second": "speed/examples_per_second",
    "learning_rate": "learning_rate",
    "memory": "memory/bytes",
}
"""The fields of a "loss" event and the names of their curves."""


class TensorBoard:
    """Writes a run's loss events as TensorBoard scalars; TensorBoard itself is not needed.

    For the main process only. It buffers its output and flushes at intervals, so that training
    does not wait.
    """

    def __init__(self, run_dir: Path) -> None:
        self._folder = run_dir / TENSORBOARD
        self._writer: Any = None
        self._flushed_at = time.monotonic()

    def on_event(self, event: str, fields: dict[str, Any]) -> None:
        """Handle one event. Raises OSError when it cannot be written."""
        if event == "started":
            try:
                self._open(fields["step"])
            except ModuleNotFoundError as missing:
                say(f"TensorBoard logging is off: {missing.name} is not installed")
        elif event == "loss" and self._writer is not None:
            self._add(fields)

    def close(self) -> None:
        if self._writer is not None:
            self._writer.close()
            self._writer = None

    def _open(self, first_step: int) -> None:
        # Imported here: commands to trainers do not need it.
        from tensorboardX.event_file_writer import EventsWriter  # noqa: PLC0415
        from tensorboardX.proto.event_pb2 import Event, SessionLog  # noqa: PLC0415

        self.close()
        self._folder.mkdir(exist_ok=True)
        # Not SummaryWriter: training would wait for its full queue.
        self._writer = EventsWriter(str(self._folder / "events"), f".{os.getpid()}")
        # Hides later steps that an earlier trainer has logged.
        start = SessionLog(status=SessionLog.START)
        self._writer.write_event(
            Event(wall_time=time.time(), step=first_step + 1, session_log=start)
        )
        self._writer.flush()

    def _add(self, fields: dict[str, Any]) -> None:
        from tensorboardX.proto.event_pb2 import Event  # noqa: PLC0415
        from tensorboardX.proto.summary_pb2 import Summary  # noqa: PLC0415

        values = [
            Summary.Value(tag=curve, simple_value=fields[name])
            for name, curve in CURVES.items()
            if name in fields
        ]
        event = Event(wall_time=time.time(), step=fields["step"], summary=Summary(value=values))
        self._writer.write_event(event)
        if time.monotonic() - self._flushed_at >= SECONDS_BETWEEN_FLUSHES:
            self._flushed_at = time.monotonic()
            self._writer.flush()
