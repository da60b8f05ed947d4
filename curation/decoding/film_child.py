"""The disposable child that decodes a film nobody can trust, and sends the pictures it keeps.

    python -m curation.decoding.film_child SOCKET

It does one film and ends. After each step it says how far it is and has so many seconds of
processor time for the next, so that a film may take hours, and one that hangs is ended soon.
"""

from __future__ import annotations

import errno
import signal
import sys
import traceback
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import av
from av import logging as av_logging

from curation.decoding.limits import (
    Limits,
    be_expendable,
    count_seconds,
    limit_memory,
    stop_counting,
)
from curation.vision.decode import Unreadable, decode
from curation.vision.faces import FaceFinder
from curation.vision.video.choosing import Descriptor, Wanted
from curation.vision.video.extract import FilmTooLarge, extract
from curation.vision.video.reader import VideoUnreadable

_NO_ROOM = {errno.ENOMEM, errno.EAGAIN}
"""No memory, and none for the stack of one more thread."""

Message = tuple[str, Any]
"""("step", StepTaken), ("done", None), ("unreadable", (code, details)) or ("broke", traceback)."""


def main() -> None:
    be_expendable()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)  # meant for the parent, which ends us in its time
    av_logging.set_level(None)
    with Connection(int(sys.argv[1])) as parent:
        path, wanted, portraits, after_step, limits = parent.recv()
        for message in _messages(Path(path), wanted, portraits, after_step, limits):
            stop_counting()
            parent.send(message)  # waits while the parent is busy with what came before
            count_seconds(limits.seconds)
        stop_counting()


def _messages(
    path: Path, wanted: Wanted, portraits: list[bytes], after_step: int, limits: Limits
) -> Iterator[Message]:
    limit_memory(limits.megabytes)
    count_seconds(limits.seconds)
    try:
        references = _references(portraits)
        if portraits and not references:
            yield "unreadable", ("film_no_portrait", {})
            return
        for taken in extract(path, wanted, references=references, after_step=after_step):
            yield "step", taken
        yield "done", None
    except FilmTooLarge as problem:
        yield "unreadable", (problem.code, problem.details)
    except Exception as error:  # noqa: BLE001, whatever it is, the parent tells it
        yield _told(error, limits)


def _told(error: Exception, limits: Limits) -> Message:
    """What is wrong with a film that cannot be read, or read no further.

    Some codecs keep a lack of memory to themselves: such a film is told as one that breaks off.
    """
    cause = error.__cause__ or error
    if isinstance(cause, MemoryError) or getattr(cause, "errno", 0) in _NO_ROOM:
        return "unreadable", ("film_too_heavy", {"megabytes": limits.megabytes})
    if isinstance(error, VideoUnreadable) and error.context.get("frame"):
        return "unreadable", ("film_breaks_off", {"seconds": round(error.context["seconds"])})
    if isinstance(error, VideoUnreadable | av.FFmpegError):
        return "unreadable", ("film_unreadable", {})
    return "broke", "".join(traceback.format_exception(error))


def _references(portraits: list[bytes]) -> list[Descriptor]:
    """The identity descriptor of the largest face of each portrait that shows one."""
    finder, references = FaceFinder(), []
    for portrait in portraits:
        try:
            faces = finder.find(decode(portrait).rgb)
        except Unreadable:
            continue
        if faces and faces[0].descriptor is not None:
            references.append(faces[0].descriptor)
    return references


if __name__ == "__main__":
    main()
