"""Do an import: one file after the other, each in a transaction of its own."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from django.db import transaction
from django.utils import timezone

from curation.jobs import JobState, LeaseLost
from curation.projects import log
from curation.sources.clear_incoming import clear_incoming
from curation.sources.kinds.found import FoundFile
from curation.sources.kinds.names import storable
from curation.sources.kinds.opening import files_of
from curation.sources.kinds.upload import is_incoming
from curation.sources.models import ImportProblem, ImportRun, SourceKind
from curation.sources.problems import MAX_PATH_BYTES, ProblemCode, Unusable
from curation.sources.take_in import take_in
from curation.subjects.gate import ConsentMissing

logger = logging.getLogger(__name__)

HEARTBEAT_SECONDS = 1.0


@dataclass(frozen=True)
class ImportProgress:
    """How far an import has come."""

    seen: int
    total: int
    path: str
    """The file that was looked at last."""


def run_import(*, import_run_id: int) -> None:
    """Import the files of an import. Safe to run again: files already imported are skipped."""
    run = ImportRun.claim(import_run_id)
    if run is not None:
        import_files(run)


def import_files(
    run: ImportRun, *, on_progress: Callable[[ImportProgress], None] = lambda _: None
) -> None:
    """Import the files of an import that this process holds the lease of.

    Files that cannot be imported become problems of the import; all others are imported.
    """
    try:
        _import_all(run, on_progress)
    except LeaseLost:
        logger.warning("import_taken_over import=%s", run.pk)
    except Unusable as unusable:
        _finish(run, JobState.FAILED, unusable.problem)
    except ConsentMissing:
        _finish(run, JobState.FAILED, ProblemCode.CONSENT_MISSING)
    except Exception:
        # Whatever it is, the import must not stay "running" for ever.
        logger.exception("import_broke import=%s", run.pk)
        _finish(run, JobState.FAILED, ProblemCode.BROKE)
    else:
        _finish(run, JobState.DONE, None)


def _import_all(run: ImportRun, on_progress: Callable[[ImportProgress], None]) -> None:
    run.problems.all().delete()
    with files_of(SourceKind(run.kind), Path(run.path)) as files:
        run.renew(files_seen=0, files_found=len(files))
        last_beat = monotonic()
        for position, file in enumerate(files, start=1):
            _import_one(run, file)
            on_progress(ImportProgress(position, len(files), file.path))
            if monotonic() - last_beat >= HEARTBEAT_SECONDS:
                run.renew(files_seen=position)
                last_beat = monotonic()
        run.renew(files_seen=len(files))


def _import_one(run: ImportRun, file: FoundFile) -> None:
    try:
        take_in(import_run=run, file=file)
    except Unusable as unusable:
        ImportProblem.objects.update_or_create(
            import_run=run,
            path=_shown(file.path),
            defaults={"code": unusable.problem, "details": unusable.details},
        )


def _shown(path: str) -> str:
    """The path as a problem is listed under: what cannot be stored of it is replaced or cut."""
    path = storable(path)
    return path if len(path.encode()) <= MAX_PATH_BYTES else f"{path[: MAX_PATH_BYTES // 5]}…"


def _finish(run: ImportRun, state: JobState, problem: ProblemCode | None) -> None:
    """Record the end, unless another worker took over, and remove what was uploaded for it."""
    with transaction.atomic():
        if not run.finish(state, problem or "", finished_at=timezone.now()):
            return
        log.record(
            "import.finish",
            actor=run.started_by,
            project=run.source.subject.project,
            target=f"{run.source.subject.slug} / {run.source.label}",
            state=state,
            files_found=run.files_found,
            problem=problem or "",
        )
    if is_incoming(run.path):
        clear_incoming()
