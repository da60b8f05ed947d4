"""Do an import: one group of files after the other, each in a transaction of its own."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from time import monotonic

from django.db import transaction
from django.utils import timezone

from curation.jobs import JobState, work_while_held
from curation.projects import log
from curation.sources.asking import Asked
from curation.sources.clear_incoming import clear_incoming, unpacked_for
from curation.sources.fetched_whole import note_fetched_whole
from curation.sources.kinds.film import is_film
from curation.sources.kinds.found import FoundFile
from curation.sources.kinds.opening import files_of
from curation.sources.kinds.unpacking import Unpacking
from curation.sources.kinds.upload import is_incoming
from curation.sources.models import FAR_AWAY, ImportRun, SourceKind
from curation.sources.places_known import places_known
from curation.sources.problem_codes import ProblemCode
from curation.sources.problems import Unusable
from curation.sources.take_in import Intake, Refusals
from curation.sources.take_in_film import take_in_far_film, take_in_film
from curation.subjects.gate import ConsentMissing

HEARTBEAT_SECONDS = 1.0
FILES_AT_ONCE, BYTES_AT_ONCE = 32, 32 * 1024 * 1024
"""Of one transaction, and so of what is held in memory. A larger file is alone."""


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

    Every file gets its outcome; those that cannot be imported hold up none of the others. In
    trouble of the machine it waits, with all that is in, and a worker goes on later.
    """

    def work(run: ImportRun) -> None:
        try:
            _import_all(run, on_progress)
            _finish(run, JobState.DONE, None)
        except Asked as asked:
            run.ask(asked.question)
        except Unusable as unusable:
            _finish(run, JobState.FAILED, unusable.problem)
        except ConsentMissing:
            _finish(run, JobState.FAILED, ProblemCode.CONSENT_MISSING)

    def give_up(run: ImportRun) -> None:
        _finish(run, JobState.FAILED, ProblemCode.BROKE)

    work_while_held(run, work, give_up)


def _import_all(run: ImportRun, on_progress: Callable[[ImportProgress], None]) -> None:
    """Round by round, until no more packs or films turn up among what is called something else."""
    refusals: Refusals = {}
    while True:
        intake = Intake(run, refusals)
        unpacking = _import_round(run, intake, on_progress)
        if not unpacking.num_turned_up:
            break
    if run.kind in FAR_AWAY:
        note_fetched_whole(run, unpacking.opened)
    if problem := intake.outcomes.only_refusal():
        raise Unusable(problem)


def _import_round(
    run: ImportRun, intake: Intake, on_progress: Callable[[ImportProgress], None]
) -> Unpacking:
    last_beat, seen = monotonic(), 0

    def beat() -> None:
        """Say each second how far we are, and learn whether the import is still ours."""
        nonlocal last_beat
        if monotonic() - last_beat >= HEARTBEAT_SECONDS:
            run.renew(files_seen=seen)
            last_beat = monotonic()

    unpacking = Unpacking(unpacked_for(run), run.answers, while_waiting=beat)
    known = partial(places_known, run.source, run.film_settings)
    files = files_of(SourceKind(run.kind), run.path, unpacking, known)
    run.renew(files_seen=0, files_found=len(files))
    for group in _groups(files):
        _take_in(intake, group, beat)
        seen += len(group)
        on_progress(ImportProgress(seen, len(files), group[-1].path))
        beat()
    run.renew(files_seen=len(files))
    if not intake.outcomes.add_up_to(len(files)):
        raise AssertionError(f"not every one of {len(files)} files has an outcome")
    return unpacking


def _take_in(intake: Intake, group: Sequence[FoundFile], beat: Callable[[], object]) -> None:
    if group[0].fetch:
        take_in_far_film(intake=intake, file=group[0], while_waiting=beat)
    elif is_film(group[0]):
        take_in_film(intake=intake, file=group[0], while_waiting=beat)
    else:
        intake.take_in(group, while_waiting=beat)


def _groups(files: Sequence[FoundFile]) -> Iterator[list[FoundFile]]:
    """The files in order, so many together as are stored at once; a film is alone."""
    group: list[FoundFile] = []
    num_bytes = 0
    for file in files:
        if file.fetch or is_film(file):
            if group:
                yield group
            yield [file]
            group, num_bytes = [], 0
            continue
        if len(group) == FILES_AT_ONCE or (group and num_bytes + file.size > BYTES_AT_ONCE):
            yield group
            group, num_bytes = [], 0
        group.append(file)
        num_bytes += file.size
    if group:
        yield group


def _finish(run: ImportRun, state: JobState, problem: ProblemCode | None) -> None:
    """Record the end, unless another worker took over, and remove what was uploaded for it.

    What was unpacked goes too, and so do the passwords."""
    with transaction.atomic():
        ended = {"finished_at": timezone.now(), "sealed_passwords": ""}
        if not run.finish(state, problem or "", **ended):
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
    shutil.rmtree(unpacked_for(run), ignore_errors=True)
    if is_incoming(run.path):
        clear_incoming()
