"""A process of ours that may die of what strangers sent: started, talked to, and ended."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from concurrent.futures import Future
from multiprocessing.connection import Connection
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

NOT_OF_ITSELF = {0, *(-number for number in (signal.SIGKILL, signal.SIGTERM, signal.SIGINT))}
"""Exit codes of a child that had nothing to do for a while, or that somebody else ended."""


class DecoderUnavailable(OSError):
    """No child could do the work in time. Says nothing of the file; trying again may help."""


class Child:
    """A started child, and our end of what we talk through."""

    def __init__(self, module: str) -> None:
        """Raises DecoderUnavailable when it cannot be started."""
        ours, theirs = socket.socketpair()
        for end in (ours, theirs):
            os.set_blocking(end.fileno(), True)  # gevent makes sockets that do not wait
        with theirs:
            started: Future[subprocess.Popen[bytes]] = Future()
            # Linux ties the child's life to the thread that starts it. This one waits for the
            # child, so it lives exactly as long as it must, and no dead child stays a zombie.
            threading.Thread(
                target=_start_and_wait, args=(module, theirs.fileno(), started), daemon=True
            ).start()
            try:
                self.process = started.result()
            except OSError as error:
                ours.close()
                raise DecoderUnavailable(*error.args) from error
        self.connection = Connection(ours.detach())

    def end(self, patience: float) -> int:
        """Its exit code, after it was killed if it did not end in so many seconds by itself."""
        self.connection.close()
        try:
            return self.process.wait(patience)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()


def _start_and_wait(module: str, their_end: int, started: Future[subprocess.Popen[bytes]]) -> None:
    try:
        process = subprocess.Popen(  # noqa: S603, our own interpreter
            [sys.executable, "-m", module, str(their_end)],
            cwd=ROOT,
            pass_fds=[their_end],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
    except OSError as error:
        started.set_exception(error)
        return
    started.set_result(process)
    process.wait()
