"""Programs that end with whoever started them, however that ends.

    python -m training.launchers.leashed MODULE ARGUMENT …

The program's standard input is a pipe that its starter holds and never writes to. The system
closes it when the starter is gone, also after kill -9, and then the program ends at once. Every
system does so; Linux's own signal at a parent's death is missing on others.
"""

from __future__ import annotations

import os
import runpy
import subprocess
import sys
import threading
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parents[2]
ENDED_WITH_STARTER = 3


def start_leashed(module: str, *arguments: str, output: IO[bytes]) -> subprocess.Popen[bytes]:
    """Start `python -m module` on a leash; what it says on stdout and stderr goes to `output`."""
    return subprocess.Popen(  # noqa: S603, our own interpreter
        [sys.executable, "-m", "training.launchers.leashed", module, *arguments],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=output,
        stderr=output,
    )


def main() -> None:
    """Be the program that the arguments name, on a leash."""
    sys.argv = sys.argv[1:]
    threading.Thread(target=_end_with_starter, daemon=True).start()
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)


def _end_with_starter() -> None:
    while os.read(sys.stdin.fileno(), 1024):
        pass
    # Now, whatever the program is in the middle of: its files appear whole or not at all.
    os._exit(ENDED_WITH_STARTER)


if __name__ == "__main__":
    main()
