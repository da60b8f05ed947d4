"""Background jobs, such as writing to a slow disk, one at a time."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Generic, TypeVar

Result = TypeVar("Result")


class Background(Generic[Result]):
    """Runs one job at a time in a thread; its result or error is delivered in the caller's."""

    def __init__(self, then: Callable[[Result], None]) -> None:
        """`then` is called with a job's result by whoever polls or waits."""
        self._then = then
        self._thread = ThreadPoolExecutor(max_workers=1)
        self._job: Future[Result] | None = None

    def start(self, job: Callable[[], Result]) -> None:
        """Wait for the previous job, then start this one. Raises the error of the previous one."""
        self.wait()
        self._job = self._thread.submit(job)

    def poll(self) -> None:
        """Deliver the result or error of a finished job; does not wait."""
        if self._job is not None and self._job.done():
            self.wait()

    def wait(self) -> None:
        """Wait for the job; then as poll."""
        if self._job is None:
            return
        job, self._job = self._job, None
        self._then(job.result())

    def close(self) -> None:
        """Finish the current job and end the thread. Raises the job's error."""
        try:
            self.wait()
        finally:
            self._thread.shutdown()
