"""Remove what killed processes left, and tasks that ended, by age, a shelf at a time."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from django.conf import settings

from curation import store
from curation.files import leftovers, remove_leftover
from curation.queue import prune_tasks
from curation.sources.clear_incoming import clear_incoming
from curation.uploads.discard import forget_lost_uploads

SECONDS_A_SHELF = 60
"""A store of 200,000 pictures is not walked in one second of the supervisor's."""


class Tidying:
    """Looks at one shelf a minute; called every second."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._minute = 0

    def __call__(self) -> None:
        """Tidy the next shelf if its minute has come."""
        minute = int(self._clock() // SECONDS_A_SHELF)
        if minute == self._minute:
            return
        self._minute = minute
        work = shelves()
        # By the clock, not by a counter: who starts anew often must not look at the first alone.
        work[minute % len(work)]()


def shelves() -> list[Callable[[], object]]:
    """What there is to tidy, in pieces that are small each."""
    data_dir = Path(settings.DATA_DIR)
    work: list[Callable[[], object]] = [
        clear_incoming,
        forget_lost_uploads,
        prune_tasks,
        partial(_tidy, data_dir, deep=False),
    ]
    runs = data_dir / "runs"
    if runs.is_dir():
        work += [partial(_tidy, run, deep=True) for run in sorted(runs.iterdir()) if run.is_dir()]
    root = store.local_root()
    for part in ("sha256", "derived") if root else ():
        top = Path(str(root), part)
        folders = sorted(top.iterdir()) if top.is_dir() else ()
        work += [partial(_tidy, folder, deep=True) for folder in folders]
    return work


def _tidy(folder: Path, *, deep: bool) -> None:
    for path in leftovers(folder, deep=deep):
        remove_leftover(path)
