"""What a hostile file may make of its decoder: work for a child, which finds it by name."""

from __future__ import annotations

import os
import signal
import time


def whoever(data: bytes) -> int:
    """The number of the process that does this."""
    return os.getpid()


def hoard(data: bytes, megabytes: int) -> int:
    return len(bytearray(megabytes * 2**20))


def spin(data: bytes) -> None:
    while True:
        pass


def doze(data: bytes, seconds: float) -> None:
    time.sleep(seconds)


def fall_over(data: bytes) -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


def give_up(data: bytes) -> None:
    os._exit(0)


def stumble(data: bytes) -> None:
    raise KeyError("nobody thought of this")
