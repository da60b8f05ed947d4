"""A trainer that learns nothing, quickly: it keeps to the run folder's rules and to no others.

It says, saves and obeys as the real one does, through the real one's own modules, but needs no
torch, so that stories about supervision take a second. `pace.json` in the run folder tells it
how fast to go and how to end.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from curation.files import write_bytes, write_json
from training.engine.run.checkpoint_files import (
    FORMAT,
    LAST,
    about_path,
    checkpoint_path,
    drop_all_but,
    last_step,
    mark_kept,
    point_to,
)
from training.engine.run.commands import Requests
from training.engine.run.config import load_config
from training.engine.run.events import EVENTS_FILE, Reporter
from training.engine.run.folder import NEWEST_PREVIEW, PREVIEWS
from training.engine.run.lock import only_trainer

PACE_FILE = "pace.json"


def main(run_dir: Path) -> int:
    requests = Requests(run_dir)
    with only_trainer(run_dir), requests.listening():
        return train(run_dir, Reporter(run_dir / EVENTS_FILE), requests)


def train(run_dir: Path, reporter: Reporter, requests: Requests) -> int:
    config, pace = load_config(run_dir), pace_of(run_dir)
    if "fails_with" in pace:
        reporter.report("failed", code=pace["fails_with"], message="As it was told to.", context={})
        return 1
    if config.supervised:
        requests.await_permission()
    first = last_step(run_dir)
    reporter.report("started", step=first, device="cpu", parameters=1)
    for step in range(first + 1, config.steps + 1):
        wishes = requests.poll()
        if wishes.forbidden:
            reporter.report("failed", code="permission_lost", message="", context={})
            return 1
        time.sleep(pace.get("seconds_per_step", 0.02))
        if step == pace.get("dies_at"):
            os.kill(os.getpid(), signal.SIGKILL)
        reporter.report("loss", step=step, a=1 / step, b=2 / step, examples_per_second=16.0)
        if wishes.preview:
            write_preview(run_dir, step, reporter)
        if wishes.save or wishes.stop or step % pace.get("save_every", 10) == 0:
            save(run_dir, step, reporter, asked=wishes.save)
        if wishes.stop:
            reporter.report("stopped", step=step)
            return 3
    save(run_dir, config.steps, reporter)
    reporter.report("finished", step=config.steps)
    return 0


def pace_of(run_dir: Path) -> dict[str, Any]:
    path = run_dir / PACE_FILE
    given: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {}
    return given


def save(run_dir: Path, step: int, reporter: Reporter, *, asked: bool = False) -> None:
    path = checkpoint_path(run_dir, step)
    path.parent.mkdir(exist_ok=True)
    if asked:
        mark_kept(path)
    write_bytes(path, b"no tensors")
    saved_at = datetime.now(UTC).isoformat(timespec="seconds")
    write_json(about_path(path), {"format": FORMAT, "step": step, "saved_at": saved_at})
    point_to(run_dir, LAST, path, step=step)
    drop_all_but(run_dir, {path.stem})
    reporter.report("checkpoint", step=step, file=str(path.relative_to(run_dir)))


def write_preview(run_dir: Path, step: int, reporter: Reporter) -> None:
    path = run_dir / PREVIEWS / NEWEST_PREVIEW
    path.parent.mkdir(exist_ok=True)
    write_bytes(path, b"RIFF picture of step %d" % step)
    reporter.report("preview", step=step, file=str(path.relative_to(run_dir)))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
