"""Pipeline stages, each in a thread, with bounded queues."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from queue import Full, Queue
from typing import Any, TypeVar

Thing = TypeVar("Thing")
_SECONDS_BETWEEN_LOOKS = 0.1


@dataclass(slots=True)
class StageTimes:
    """Busy time of each stage, in seconds."""

    busy: dict[str, float] = field(default_factory=lambda: defaultdict(float))

    @contextmanager
    def spent(self, stage: str) -> Iterator[None]:
        """Add the time within to a stage; from any thread."""
        begun = time.perf_counter()
        try:
            yield
        finally:
            self.busy[stage] += time.perf_counter() - begun


class _Ended:
    """End marker of a queue, with the error if there was one."""

    def __init__(self, problem: BaseException | None) -> None:
        self.problem = problem


def overlapped(things: Iterator[Thing], *, room: int) -> Iterator[Thing]:
    """The items of an iterator, produced in another thread; at most `room` are queued.

    Errors are raised here. Closing this stops the thread and closes `things`.
    """
    queue: Queue[Any] = Queue(room)
    stop = threading.Event()
    thread = threading.Thread(target=_make, args=(things, queue, stop), daemon=True)
    thread.start()
    try:
        while True:
            thing = queue.get()
            if isinstance(thing, _Ended):
                if thing.problem is not None:
                    raise thing.problem
                return
            yield thing
    finally:
        stop.set()
        thread.join()


def _make(things: Iterator[Any], queue: Queue[Any], stop: threading.Event) -> None:
    problem: BaseException | None = None
    try:
        for thing in things:
            if not _put(queue, thing, stop):
                break
    except BaseException as error:  # noqa: BLE001, it is raised again where the things are used
        problem = error
    finally:
        close = getattr(things, "close", None)
        if close is not None:
            close()
        _put(queue, _Ended(problem), stop)


def _put(queue: Queue[Any], thing: Any, stop: threading.Event) -> bool:
    """Whether it was queued before the stop."""
    while not stop.is_set():
        try:
            queue.put(thing, timeout=_SECONDS_BETWEEN_LOOKS)
        except Full:
            continue
        return True
    return False
