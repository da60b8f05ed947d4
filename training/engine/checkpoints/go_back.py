"""Rolls a run back to its best checkpoint.

`python -m training.engine.checkpoints.go_back RUN_DIR`, for a run that got worse. The steps after
the best checkpoint are then trained again.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from training.engine.checkpoints.checkpoint import Checkpoint, best_checkpoint
from training.engine.errors import FAILURES, CheckpointWrong
from training.engine.run.checkpoint_files import LAST, point_to
from training.engine.run.events import say
from training.engine.run.lock import only_trainer


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="training.engine.checkpoints.go_back", description=__doc__
    )
    parser.add_argument("run_dir", type=Path, help="folder of a run that is not being trained")
    try:
        best = go_back(parser.parse_args(arguments).run_dir)
    except FAILURES as refusal:
        say(refusal.message)
        return refusal.exit_code
    say(f"the run will resume from step {best.step}, average loss {best.average}")
    return 0


def go_back(run_dir: Path) -> Checkpoint:
    """Make the best checkpoint the last one.

    Raises AlreadyRunning while it trains, CheckpointWrong when it has no best checkpoint.
    """
    with only_trainer(run_dir):
        best = best_checkpoint(run_dir)
        if best is None:
            raise CheckpointWrong(f"{run_dir} has no best checkpoint yet; train a while first.")
        best.verify()
        point_to(run_dir, LAST, best.path, step=best.step)
        return best


if __name__ == "__main__":
    sys.exit(main())
