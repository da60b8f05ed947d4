"""Has a film that nobody can trust decoded in a child of its own, on a leash.

The child sends what it keeps step by step. It lives while it goes on: it has so many seconds of
processor time for each step and so much memory for all, and when it is silent for too long by the
clock it is ended. A film may take hours so, and none holds a worker for ever.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from time import monotonic
from typing import Any

from curation.decoding.client import PATIENCE
from curation.decoding.limits import COUNTS_SECONDS, RAN_OUT_OF_SECONDS, Limits
from curation.decoding.process import NOT_OF_ITSELF, Child, DecoderUnavailable
from curation.vision.video.choosing import Wanted
from curation.vision.video.extract import StepTaken

logger = logging.getLogger(__name__)

CHILD = "curation.decoding.film_child"
BEAT_SECONDS = 1.0


class FilmUnreadable(Exception):
    """Why a film, or the rest of one, gives no pictures: a code and its numbers."""

    def __init__(self, code: str, **details: int) -> None:
        super().__init__(code)
        self.code, self.details = code, details


def film_steps(
    path: Path,
    wanted: Wanted,
    *,
    portraits: Sequence[bytes] = (),
    after_step: int = 0,
    limits: Limits,
    while_waiting: Callable[[], object] = lambda: None,
) -> Iterator[StepTaken]:
    """The steps of the film at `path` in order, as a child takes them.

    `portraits` are pictures of the one person whose frames are wanted; none, and everybody's are.
    `limits` are each step's. `while_waiting` is called before each step and every second. Closing
    the iterator ends the child. Raises FilmUnreadable after the last step that could be taken,
    DecoderUnavailable, and what `while_waiting` raises.
    """
    child = Child(CHILD)
    try:
        child.connection.send((str(path), wanted, list(portraits), after_step, limits))
        while True:
            while_waiting()
            _wait(child, limits, while_waiting)
            kind, value = child.connection.recv()
            match kind:
                case "step":
                    yield value
                case "done":
                    return
                case _:
                    raise _problem(kind, value)
    except (EOFError, ConnectionError):
        raise _verdict(child.end(patience=5), limits) from None
    finally:
        child.end(patience=0)


def _wait(child: Child, limits: Limits, while_waiting: Callable[[], object]) -> None:
    deadline = monotonic() + limits.seconds * PATIENCE
    while not child.connection.poll(BEAT_SECONDS):
        while_waiting()
        if monotonic() > deadline:
            if COUNTS_SECONDS:
                raise DecoderUnavailable("The machine was too busy to decode a film in time.")
            raise FilmUnreadable("film_too_slow", seconds=limits.seconds)


def _problem(kind: str, value: Any) -> FilmUnreadable:
    if kind == "unreadable":
        code, details = value
        return FilmUnreadable(code, **details)
    logger.error("decoding_a_film_broke\n%s", value)
    return FilmUnreadable("film_crashed")


def _verdict(exit_code: int, limits: Limits) -> Exception:
    if exit_code in NOT_OF_ITSELF:
        return DecoderUnavailable("The process that decodes a film was ended.")
    if exit_code == RAN_OUT_OF_SECONDS:
        return FilmUnreadable("film_too_slow", seconds=limits.seconds)
    return FilmUnreadable("film_crashed")
