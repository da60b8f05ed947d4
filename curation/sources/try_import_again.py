"""Use case: have an import tried again that failed, or that waits for a trouble to pass."""

from __future__ import annotations

from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from curation.errors import Conflict
from curation.jobs import UNTRIED
from curation.projects import log
from curation.projects.access import require
from curation.projects.models import User
from curation.projects.permissions import ORGANISE
from curation.queue import enqueue
from curation.sources.kinds.opening import is_far_away
from curation.sources.models import ImportRun
from curation.sources.tasks import run_import_task
from curation.subjects.gate import require_consent
from curation.subjects.models import Act


class FilesGone(Conflict):
    """What was to be imported lies no longer where it lay."""

    code = "files_gone"

    def __init__(self) -> None:
        super().__init__(
            _("The files are no longer on the server. Send them again: nothing is imported twice.")
        )


def require_files(import_run: ImportRun) -> None:
    """Raises FilesGone when what is to be imported lay on this machine and does no more."""
    if not is_far_away(import_run.path) and not Path(import_run.path).exists():
        raise FilesGone


@transaction.atomic
def try_import_again(*, import_run: ImportRun, actor: User | None) -> bool:
    """Have a worker go on with the import soon; what is in stays in, and is skipped.

    False, changing nothing, when it is done, under way or in the queue.
    Raises NotFound, NotAllowed, ConsentMissing, FilesGone.
    """
    subject = import_run.source.subject
    require(actor, ORGANISE, subject.project)
    require_consent(subject, Act.CURATE)
    require_files(import_run)
    tried = ImportRun.objects.filter(ImportRun.to_try_again(), pk=import_run.pk)
    if not tried.update(finished_at=None, **UNTRIED):
        return False
    enqueue(import_run, run_import_task)
    log.record(
        "import.try_again",
        actor=actor,
        project=subject.project,
        target=f"{subject.slug} / {import_run.source.label}",
        given_as=import_run.given_as,
    )
    return True
