"""Use case: an organiser takes back that images are gold."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.db.models import QuerySet

from curation.batches.lock import lock_subject
from curation.gold.mark_gold import answers_on
from curation.gold.models import Gold
from curation.gold.taking import Taken, taken_of
from curation.images.models import Image
from curation.images.spans import spans
from curation.projects import log
from curation.projects.access import require
from curation.projects.models import User
from curation.projects.permissions import ORGANISE
from curation.subjects.models import Subject


@transaction.atomic
def unmark_gold(
    *,
    subject: Subject,
    images: QuerySet[Image],
    to_judge: Iterable[int],
    actor: User | None,
) -> Taken:
    """Have the subject's `images` be gold no more; the log keeps what their answers were.

    `to_judge` as in `mark_gold`. Of those that are none, nothing is said and nothing happens. It
    needs no consent, as it takes back what consent had allowed. Raises NotAllowed.
    """
    require(actor, ORGANISE, subject.project)
    lock_subject(subject.pk)
    taken = taken_of(subject, images, to_judge)
    before = answers_on(taken)
    if not before:
        return taken
    Gold.objects.filter(pk__in=list(before)).delete()
    log.record(
        "gold.unmark",
        actor=actor,
        project=subject.project,
        target=subject,
        images=len(before),
        numbers=spans([number for pk, number in taken.numbers.items() if pk in before]),
        before=[[number, *before[pk]] for pk, number in taken.numbers.items() if pk in before],
    )
    return taken
