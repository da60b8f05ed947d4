"""Use case: an organiser takes an example out of the manual."""

from __future__ import annotations

from django.db import transaction

from curation.errors import NotFound
from curation.manual.draft import open_draft
from curation.manual.models import ManualVersion
from curation.projects import log
from curation.projects.models import Project, User


@transaction.atomic
def remove_example(
    *, project: Project, seen: int, example_id: int, actor: User | None
) -> ManualVersion:
    """Save a version without that example of the version `seen`.

    Raises NotAllowed, ManualChanged, NotFound.
    """
    draft = open_draft(project=project, seen=seen, actor=actor)
    gone = next((each for each in draft.examples if each.pk == example_id), None)
    if gone is None:
        raise NotFound
    draft.examples.remove(gone)
    explains = {row.pk: reason.value for reason, row in draft.reasons.items()}
    version = draft.save()
    log.record(
        "manual.remove_example",
        actor=actor,
        project=project,
        target=f"{project} / {version.number}",
        reason=explains.get(gone.reason_id or 0, ""),
    )
    return version
