"""One request to a host at a time, and some time between two, whoever of us makes them.

Several imports may ask the same host, in several processes. So the turns of a host are a lock and
a moment in the file system: a file per host that nobody's death leaves locked, and another whose
time of change says from when on the host may be asked again.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

TICK = 0.5
"""Seconds between two calls of `while_waiting`."""
FORGOTTEN_SECONDS = 24 * 60 * 60


class Turns:
    """The turns of all hosts, kept in one folder."""

    def __init__(self, folder: Path, while_waiting: Callable[[], object]) -> None:
        self._folder = folder
        self._while_waiting = while_waiting
        folder.mkdir(parents=True, exist_ok=True)
        _forget_old(folder)

    @contextmanager
    def turn(self, host: str, *, seconds_apart: float) -> Iterator[None]:
        """Wait until the host may be asked, and keep others from asking it meanwhile."""
        lock = FileLock(self._file(host, "lock"))
        while True:
            try:
                lock.acquire(timeout=TICK)
                break
            except Timeout:
                self._while_waiting()
        try:
            self.wait(self._free_from(host) - time.time())
            yield
        finally:
            self.keep_free(host, seconds_apart)
            lock.release()

    def keep_free(self, host: str, seconds: float) -> None:
        """Let nobody ask the host for so long; an earlier, longer wish stays."""
        until = max(time.time() + seconds, self._free_from(host))
        file = self._file(host, "next")
        file.touch()
        os.utime(file, (until, until))

    def wait(self, seconds: float) -> None:
        """Sleep, and call `while_waiting` all the while."""
        until = time.time() + seconds
        while (left := until - time.time()) > 0:
            time.sleep(min(left, TICK))
            self._while_waiting()

    def _free_from(self, host: str) -> float:
        try:
            return self._file(host, "next").stat().st_mtime
        except FileNotFoundError:
            return 0.0

    def _file(self, host: str, suffix: str) -> Path:
        return self._folder / f"{hashlib.sha256(host.encode()).hexdigest()[:32]}.{suffix}"


def _forget_old(folder: Path) -> None:
    """Remove moments that are long past; locks stay, as somebody may wait at one."""
    for file in folder.glob("*.next"):
        with suppress(FileNotFoundError):
            if file.stat().st_mtime < time.time() - FORGOTTEN_SECONDS:
                file.unlink()
