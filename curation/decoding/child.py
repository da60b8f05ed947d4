"""The disposable child: does one piece of work after the other on bytes that nobody can trust.

    python -m curation.decoding.child SOCKET

It knows no database and no store. It ends by itself when its parent is gone, when nothing was
asked for a while, and after so many files, so that nothing that leaks in a decoder grows for ever.
"""

from __future__ import annotations

import signal
import sys
import traceback
from multiprocessing.connection import Connection
from typing import Any

from curation.decoding.limits import (
    Limits,
    be_expendable,
    megabytes_resident,
    start_counting,
    stop_counting,
)
from curation.vision.decode import Unreadable

IDLE_SECONDS = 60
MOST_FILES = 2000
MOST_MEGABYTES_KEPT = 700
"""A child that holds more after its work ends, and the next begins small."""

Answer = tuple[str, Any]
"""("done", value), ("unreadable", (code, details)) or ("broke", traceback)."""


def main() -> None:
    be_expendable()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)  # meant for the parent, which ends us in its time
    with Connection(int(sys.argv[1])) as parent:
        for _ in range(MOST_FILES):
            if not parent.poll(IDLE_SECONDS):
                return
            try:
                work, arguments, limits = parent.recv()
                data = parent.recv_bytes()
            except (EOFError, OSError):
                return
            parent.send(_answer(work, data, arguments, limits))
            del data
            if megabytes_resident() > MOST_MEGABYTES_KEPT:
                return


def _answer(work: Any, data: bytes, arguments: tuple[Any, ...], limits: Limits) -> Answer:
    start_counting(limits)
    try:
        return "done", work(data, *arguments)
    except Unreadable as problem:
        return "unreadable", (problem.code, problem.details)
    except MemoryError:
        return "unreadable", ("too_much_memory", {"megabytes": limits.megabytes})
    except Exception:  # noqa: BLE001, whatever it is, the parent tells it
        return "broke", traceback.format_exc()
    finally:
        stop_counting()


if __name__ == "__main__":
    main()
