"""Begin to bring pictures in from a source."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from curation.errors import InvalidInput
from curation.projects import log
from curation.projects.access import require
from curation.projects.models import User
from curation.projects.permissions import ORGANISE
from curation.queue import enqueue
from curation.sources.asking import NOTHING_SAID, Answers
from curation.sources.cancel_import import cancel_import
from curation.sources.film_settings import DEFAULT, FilmSettings
from curation.sources.models import ImportRun, Source, SourceKind
from curation.sources.run_import import ImportProgress, import_files
from curation.sources.tasks import run_import_task
from curation.subjects.gate import require_consent
from curation.subjects.models import Act


@transaction.atomic
def start_import(
    *,
    source: Source,
    kind: SourceKind,
    path: Path | str,
    given_as: str,
    actor: User | None,
    films: FilmSettings = DEFAULT,
) -> ImportRun:
    """Have a worker import the files at `path`, soon; of films what `films` says.

    Raises NotFound, NotAllowed, ConsentMissing, InvalidInput.
    """
    run = _open(source=source, kind=kind, path=path, given_as=given_as, actor=actor, films=films)
    run.save()
    enqueue(run, run_import_task)
    return run


def import_now(
    *,
    source: Source,
    kind: SourceKind,
    path: Path | str,
    given_as: str,
    actor: User | None,
    on_progress: Callable[[ImportProgress], None],
    answers: Answers = NOTHING_SAID,
    films: FilmSettings = DEFAULT,
) -> ImportRun:
    """Import the files at `path` before returning. If this is killed, a worker finishes it; Ctrl-C
    cancels it.

    `answers` say at once what would be asked of packs. Where they do not say enough, the import
    waits to be asked; one of the same files that waits already goes on in place of a new one.
    Raises NotFound, NotAllowed, ConsentMissing, InvalidInput when it may not begin.
    """
    with transaction.atomic():
        run = _open(
            source=source, kind=kind, path=path, given_as=given_as, actor=actor, films=films
        )
        asking = ImportRun.objects.select_for_update().filter(
            source=source, path=str(path), is_asking=True
        )
        if earlier := asking.first():
            earlier.is_asking, earlier.question_json = False, {}
            earlier.film_settings = films
            run = earlier
        run.answers = answers
        run.begin()
    try:
        import_files(run, on_progress=on_progress)
    except KeyboardInterrupt:
        cancel_import(import_run=run, actor=actor)
        raise
    run.refresh_from_db()
    return run


def _open(
    *,
    source: Source,
    kind: SourceKind,
    path: Path | str,
    given_as: str,
    actor: User | None,
    films: FilmSettings,
) -> ImportRun:
    """The checked, logged, not yet saved row of an import."""
    require(actor, ORGANISE, source.subject.project)
    if films.subject_only and not source.subject.portraits.exists():
        raise InvalidInput(
            _("Add a portrait of the subject first: the subject is recognised by it.")
        )
    require_consent(source.subject, Act.CURATE)
    log.record(
        "import.start",
        actor=actor,
        project=source.subject.project,
        target=f"{source.subject.slug} / {source.label}",
        given_as=given_as,
    )
    run = ImportRun(
        source=source,
        kind=kind,
        path=str(path),
        given_as=given_as,
        started_by=actor,
    )
    run.film_settings = films
    return run
