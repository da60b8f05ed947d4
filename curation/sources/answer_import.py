"""Use case: say what an import needs to know of its packs before their pictures get numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from curation.errors import InvalidInput
from curation.projects import log
from curation.projects.access import require
from curation.projects.models import User
from curation.projects.permissions import ORGANISE
from curation.queue import enqueue
from curation.sources.asking import Question
from curation.sources.encodings import Encoding
from curation.sources.models import ImportRun
from curation.sources.tasks import run_import_task
from curation.sources.try_import_again import require_files
from curation.subjects.gate import require_consent
from curation.subjects.models import Act

MAX_PASSWORD_LENGTH = 256


@transaction.atomic
def answer_import(
    *,
    import_run: ImportRun,
    encodings: Mapping[str, Encoding],
    password: str = "",
    without_locked: bool = False,
    actor: User | None,
) -> bool:
    """Have the import go on soon with its names read in `encodings`, by the key of each pack.

    `password` is tried on every pack that is locked; it is kept sealed, and only until the import
    ends. `without_locked` leaves out what stays locked. False, changing nothing, when nothing is
    asked any more. Raises NotFound, NotAllowed, ConsentMissing, InvalidInput, FilesGone.
    """
    subject = import_run.source.subject
    require(actor, ORGANISE, subject.project)
    require_consent(subject, Act.CURATE)
    run = ImportRun.objects.select_for_update().filter(pk=import_run.pk, is_asking=True).first()
    if run is None:
        return False
    require_files(run)
    _require_whole_answer(run.question, encodings, password, goes_without=without_locked)
    before = run.answers
    run.answers = replace(
        before,
        encodings={**before.encodings, **encodings},
        passwords=tuple(dict.fromkeys((*before.passwords, *([password] if password else ())))),
        without_locked=before.without_locked or without_locked,
    )
    run.is_asking, run.question_json = False, {}
    run.save(update_fields=["is_asking", "question_json", "answers_json", "sealed_passwords"])
    enqueue(run, run_import_task)
    log.record(
        "import.answer",
        actor=actor,
        project=subject.project,
        target=f"{subject.slug} / {import_run.source.label}",
        given_as=import_run.given_as,
        encodings=sorted(set(encodings.values())),
    )
    return True


def _require_whole_answer(
    question: Question, encodings: Mapping[str, Encoding], password: str, *, goes_without: bool
) -> None:
    if any(each.key not in encodings for each in question.names):
        raise InvalidInput(_("Choose how the names of each pack are to be read."))
    if question.locked and not password and not goes_without:
        raise InvalidInput(_("Give the password, or choose to go on without the locked packs."))
    if len(password) > MAX_PASSWORD_LENGTH or "\x00" in password:
        raise InvalidInput(_("That password is too long, or holds characters that none can hold."))
