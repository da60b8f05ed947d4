"""How much a child may spend on one file, and how the system is asked to see to it.

Linux and macOS count processor time; Linux counts memory too. What a system does not count is not
limited there; the parent's patience always is.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

MEGABYTE = 2**20


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one file may cost."""

    seconds: int
    """Of processor time, so that a busy machine is not held against the file."""
    megabytes: int
    """Of memory, beyond what the child holds before it looks at the file."""


COUNTS_SECONDS = hasattr(signal, "setitimer")
RAN_OUT_OF_SECONDS = -getattr(signal, "SIGPROF", 0)
"""How a child ends that used up its seconds."""


def start_counting(limits: Limits) -> None:
    """From now on this process has `limits` left: it is killed, or gets MemoryError, beyond."""
    count_seconds(limits.seconds)
    limit_memory(limits.megabytes)


def count_seconds(seconds: int) -> None:
    """From now on this process has so many seconds of processor time left."""
    if COUNTS_SECONDS:
        signal.setitimer(signal.ITIMER_PROF, seconds)


def limit_memory(megabytes: int) -> None:
    """From now on this process may hold so much more than it does."""
    if held := _bytes_of_memory(_DATA):
        _limit_data(held + megabytes * MEGABYTE)


def stop_counting() -> None:
    """Seconds count no more."""
    if COUNTS_SECONDS:
        signal.setitimer(signal.ITIMER_PROF, 0)


def be_expendable() -> None:
    """End with the parent, also when it is killed; go first when memory runs out; dump no core."""
    if sys.platform != "linux":
        return
    import resource  # noqa: PLC0415, not on every system

    pr_set_pdeathsig = 1
    ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGKILL)
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def megabytes_resident() -> int:
    """Memory of this process that is in use; 0 where the system does not tell."""
    return _bytes_of_memory(_RESIDENT) // MEGABYTE


_RESIDENT, _DATA = 1, 5
"""Fields of Linux's statm: what is in use, and what is a process's own to write to."""


def _bytes_of_memory(field: int) -> int:
    with suppress(OSError):
        pages = int(Path("/proc/self/statm").read_text().split()[field])
        return pages * os.sysconf("SC_PAGE_SIZE")
    return 0


def _limit_data(num_bytes: int) -> None:
    """Not RLIMIT_AS: address space is what libraries and threads reserve and never use."""
    import resource  # noqa: PLC0415, not on every system

    _soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    if hard != resource.RLIM_INFINITY:
        num_bytes = min(num_bytes, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (num_bytes, hard))
