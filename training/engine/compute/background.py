"""Work beside the training, such as writing to a slow disk, one job at a time."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Generic, TypeVar

Result = TypeVar("Result")


class Background(Generic[Result]):
    """Does a job in a thread of its own; what comes of it is told, or raised, in the trainer's."""

    def __init__(self, then: Callable[[Result], None]) -> None:
        """`then` is called with what a job gave, by whoever polls or waits."""
        self._then = then
        self._thread = ThreadPoolExecutor(max_workers=1)
        self._job: Future[Result] | None = None

    def start(self, job: Callable[[], Result]) -> None:
        """Wait for the job before, then begin this one. Raises what the one before raised."""
        self.wait()
        self._job = self._thread.submit(job)

    def poll(self) -> None:
        """If a job is done, tell what it gave or raise what it raised; costs nothing."""
        if self._job is not None and self._job.done():
            self.wait()

    def wait(self) -> None:
        """Until the job is done; then as poll."""
        if self._job is None:
            return
        job, self._job = self._job, None
        self._then(job.result())

    def close(self) -> None:
        """Finish the job at hand and let the thread go. Raises what the job raised."""
        try:
            self.wait()
        finally:
            self._thread.shutdown()
