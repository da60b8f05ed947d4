"""Has work done on bytes that nobody can trust, in a child that may die of it.

Pictures come from strangers, and decoders are large programs in C. What a file does to its
decoder happens in a child of this process, within limits; when it dies, that is the file's problem
under its true name, and neither the web server's nor the worker's end.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable
from functools import cache
from time import monotonic
from typing import Any, Concatenate, TypeVar

from curation.decoding.limits import COUNTS_SECONDS, RAN_OUT_OF_SECONDS, Limits
from curation.decoding.process import NOT_OF_ITSELF, Child, DecoderUnavailable
from curation.vision.decode import Unreadable

logger = logging.getLogger(__name__)

CHILD = "curation.decoding.child"
PATIENCE = 6
"""So many times the seconds of a limit we wait by the clock: the machine may be busy."""
TURN_SECONDS = 5.0
"""So long a thread waits for others' files. Each that waits is one that makes no pages: when a slow
file is in the child, who comes after it is told to try again, and the pages go on."""
BEAT_SECONDS = 1.0

Value = TypeVar("Value")


def in_child(
    work: Callable[Concatenate[bytes, ...], Value],
    data: bytes,
    *arguments: Any,
    limits: Limits,
    while_waiting: Callable[[], object] = lambda: None,
) -> Value:
    """`work(data, *arguments)`, done by this process's child. One piece of work at a time.

    `work` is a function of a module, and what it takes and gives can be pickled. `while_waiting`
    is called every second. Raises Unreadable, for what `work` refuses and for what exceeds
    `limits` or ends the child; DecoderUnavailable; and what `while_waiting` raises.
    """
    decoder = _decoder_of(os.getpid())
    value: Value = decoder.run(work, data, arguments, limits, while_waiting)
    return value


@cache
def _decoder_of(pid: int) -> _Decoder:
    """A process that was forked from ours has a child of its own, and locks of its own."""
    return _Decoder()


class _Decoder:
    """The one child of a process, started when it is needed and again when it died."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._child: Child | None = None

    def run(
        self,
        work: Callable[..., Any],
        data: bytes,
        arguments: tuple[Any, ...],
        limits: Limits,
        while_waiting: Callable[[], object],
    ) -> Any:
        if not self._turn.acquire(timeout=TURN_SECONDS):
            raise DecoderUnavailable("The decoder was busy with other files for too long.")
        try:
            kind, value = self._answer(work, data, arguments, limits, while_waiting)
        finally:
            self._turn.release()
        match kind:
            case "done":
                return value
            case "unreadable":
                code, details = value
                raise Unreadable(code, **details)
            case _:
                logger.error("decoding_broke work=%s\n%s", work.__name__, value)
                raise Unreadable("crashed")

    def _answer(
        self,
        work: Callable[..., Any],
        data: bytes,
        arguments: tuple[Any, ...],
        limits: Limits,
        while_waiting: Callable[[], object],
    ) -> tuple[str, Any]:
        """What the child answers. One that had ended by itself or was killed is replaced once."""
        for _ in range(2):
            child = self._child = self._child or Child(CHILD)
            try:
                child.connection.send((work, arguments, limits))
                child.connection.send_bytes(data)
                self._wait(child, limits, while_waiting)
                answer: tuple[str, Any] = child.connection.recv()
            except (EOFError, ConnectionError):
                exit_code = self._end_child(patience=5)
                if exit_code in NOT_OF_ITSELF:
                    continue
                raise _verdict(exit_code, limits) from None
            except BaseException:
                self._end_child()  # whatever it would still answer, nobody would expect it
                raise
            return answer
        raise Unreadable("crashed")

    def _wait(self, child: Child, limits: Limits, while_waiting: Callable[[], object]) -> None:
        deadline = monotonic() + limits.seconds * PATIENCE
        while not child.connection.poll(BEAT_SECONDS):
            while_waiting()
            if monotonic() > deadline:
                if COUNTS_SECONDS:
                    raise DecoderUnavailable("The machine was too busy to decode a file in time.")
                raise Unreadable("too_slow", seconds=limits.seconds)

    def _end_child(self, *, patience: float = 0) -> int:
        assert self._child is not None  # noqa: S101, whoever ends it has it
        child, self._child = self._child, None
        return child.end(patience)


def _verdict(exit_code: int, limits: Limits) -> Unreadable:
    if exit_code == RAN_OUT_OF_SECONDS:
        return Unreadable("too_slow", seconds=limits.seconds)
    return Unreadable("crashed")
