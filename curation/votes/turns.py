"""Voters take turns at SQLite's only write lock, in the order in which they came."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def turn_to_write() -> Iterator[None]:
    """Wait in line before a short transaction; where the database is not SQLite, go right ahead.

    SQLite's own waiting is polling, with sleeps that grow to 100 ms: of six voters some waited
    for two seconds while others overtook them. The kernel wakes the next in line at once, and a
    killed process leaves the line; filelock would poll as well. Correctness does not depend on
    it, only the slowest votes do.
    """
    # Whoever is in a transaction already may hold the write lock: they must not wait in line.
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        yield
        return
    line = os.open(f"{connection.settings_dict['NAME']}.line", os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(line, fcntl.LOCK_EX)
        yield
    finally:
        os.close(line)
