"""Remove uploads that nobody waits for any more."""

from __future__ import annotations

import time
from pathlib import Path

from curation.jobs import JobState
from curation.sources.kinds.upload import incoming, remove
from curation.sources.models import ImportRun

STALE_SECONDS = 24 * 60 * 60


def clear_incoming() -> None:
    """Remove what was uploaded for imports that are done, and uploads that nobody came back to.

    Their pictures are in the store under a number, or were refused; no second copy is kept. What
    was uploaded for a failed import stays for a day: not all of it may be in.
    """
    if not incoming().is_dir():
        return
    for folder in incoming().iterdir():
        states = ImportRun.objects.filter(path__startswith=str(folder)).values_list(
            "state", flat=True
        )
        if any(state in {JobState.WAITING, JobState.RUNNING} for state in states):
            continue
        is_all_in = bool(states) and all(state == JobState.DONE for state in states)
        if is_all_in or _is_stale(folder):
            remove(folder)


def _is_stale(folder: Path) -> bool:
    """Whether this upload began so long ago that its browser has surely given up."""
    try:
        return time.time() - folder.stat().st_mtime > STALE_SECONDS
    except FileNotFoundError:
        return False
