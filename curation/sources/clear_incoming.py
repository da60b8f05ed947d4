"""Remove uploads that nobody waits for any more."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

from django.conf import settings

from curation.jobs import JobState
from curation.sources.kinds.upload import incoming, remove
from curation.sources.models import ImportRun

STALE_SECONDS = 3 * 24 * 60 * 60


def unpacked() -> Path:
    """The folder that holds what imports have unpacked."""
    return Path(settings.DATA_DIR) / "unpacked"


def unpacked_for(run: ImportRun) -> Path:
    """Where this import unpacks its packs to, until it ends."""
    return unpacked() / str(run.pk)


def clear_incoming() -> None:
    """Remove what was uploaded for imports that are done, and uploads that nobody came back to.

    Their pictures are in the store under a number, or were refused; no second copy is kept. What
    was uploaded for a failed import stays for three days: not all of it may be in.
    """
    _clear_unpacked()
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


def _clear_unpacked() -> None:
    """Remove what ended imports have unpacked; usually they did so themselves."""
    if not unpacked().is_dir():
        return
    for folder in unpacked().iterdir():
        runs = ImportRun.objects.filter(pk=int(folder.name) if folder.name.isdecimal() else 0)
        if not runs.filter(state__in=(JobState.WAITING, JobState.RUNNING)).exists():
            shutil.rmtree(folder, ignore_errors=True)


def _is_stale(folder: Path) -> bool:
    """Whether a file was begun, or a piece of one arrived, so long ago that nobody goes on."""
    try:
        return time.time() - folder.stat().st_mtime > STALE_SECONDS
    except FileNotFoundError:
        return False
