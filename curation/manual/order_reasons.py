"""Use case: an organiser says which reasons their project uses, and under which numbers."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from curation.errors import InvalidInput
from curation.manual.draft import open_draft
from curation.manual.models import ManualVersion
from curation.manual.reasons import Reason
from curation.projects import log
from curation.projects.models import Project, User


@transaction.atomic
def order_reasons(
    *, project: Project, seen: int, numbers: Mapping[Reason, int], actor: User | None
) -> ManualVersion | None:
    """Save a version that offers just the reasons in `numbers`, each under its number: 1 to 9.

    The numbers as they are save nothing: then it is None. `seen` is the version that was changed.
    Raises NotAllowed, ManualChanged, InvalidInput for no reason at all or one number twice.
    """
    draft = open_draft(project=project, seen=seen, actor=actor)
    if not numbers or len(set(numbers.values())) != len(numbers):
        raise InvalidInput(_("Use at least one reason, each under a number of its own."))
    before = {reason: row.position for reason, row in draft.reasons.items()}
    for reason, row in draft.reasons.items():
        row.position = numbers.get(reason)
    if before == {reason: row.position for reason, row in draft.reasons.items()}:
        return None
    version = draft.save()
    log.record(
        "manual.order_reasons",
        actor=actor,
        project=project,
        target=f"{project} / {version.number}",
        numbers={reason.value: number for reason, number in numbers.items()},
    )
    return version
