"""Use case: an organiser takes back that images are distinct."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction

from curation.duplicates.mark_distinct import keys_of
from curation.duplicates.models import DistinctPair
from curation.projects import log
from curation.projects.access import require
from curation.projects.models import User
from curation.projects.permissions import ORGANISE
from curation.subjects.models import Subject


@transaction.atomic
def unmark_distinct(
    *, subject: Subject, numbers: Collection[int], only: int | None = None, actor: User | None
) -> None:
    """Forget what was marked among these images, or of `only` one of them with the others.

    Where nothing was, nothing happens. Raises NotFound, NotAllowed or InvalidInput.
    """
    require(actor, ORGANISE, subject.project)
    keys = keys_of(subject, numbers)
    ids = keys.values()
    marked = DistinctPair.objects.filter(first__in=ids, second__in=ids)
    if only is not None:
        marked = marked.filter(first=keys.get(only)) | marked.filter(second=keys.get(only))
    num, _ = marked.delete()
    if not num:
        return
    log.record(
        "duplicates.unmark_distinct",
        actor=actor,
        project=subject.project,
        target=subject,
        images=sorted(keys),
        **({} if only is None else {"only": only}),
    )
