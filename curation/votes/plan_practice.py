"""Use case: a person practises on gold before they judge, or comes back to it."""

from __future__ import annotations

from django.db import transaction

from curation.batches.lock import lock_batch
from curation.batches.models import Assignment, Batch
from curation.gold.access import is_measured
from curation.gold.choosing import chosen_to_practise
from curation.gold.models import GoldItem, GoldPlan, Kind
from curation.manual.reasons import Reason
from curation.manual.selectors import current_reasons
from curation.projects.models import User
from curation.votes.gold_to_give import gold_to_give, secret_seed
from curation.votes.models import Vote
from curation.votes.plan_gold import give
from curation.votes.turns import turn_to_write


def offers_practice(batch: Batch, lease: Assignment, person: User) -> bool:
    """Whether practice comes before this desk: the person's first in the project, with gold.

    Whoever has opened the desk, voted in the project or practised there before is not asked.
    """
    project = batch.subject.project
    if GoldPlan.objects.filter(lease=lease).exists() or not is_measured(person, project):
        return False
    votes = Vote.objects.filter(volunteer=person, image__subject__project=project)
    given = GoldItem.objects.filter(
        person=person, lease__batch__subject__project=project, kind=Kind.PRACTICE
    )
    if votes.exists() or given.filter(image__gold_answers__person=person).exists():
        return False
    return given.exists() or bool(gold_to_give(person, batch))


def plan_practice(*, batch: Batch, lease: Assignment, person: User) -> None:
    """Lay down on which gold the person practises under this lease, once.

    One picture for each reason of the manual that there is gold for, and some to keep. Not for
    duplicates, which cannot be seen in one picture. For whom `access_leased_batch` has let in.
    """
    given = GoldItem.objects.filter(lease=lease, kind=Kind.PRACTICE)
    if given.exists() or not is_measured(person, batch.subject.project):
        return
    with turn_to_write(), transaction.atomic():
        lock_batch(batch)
        if given.exists():
            return
        codes = [each.code for each in current_reasons(batch.subject.project)]
        images = chosen_to_practise(
            gold_to_give(person, batch),
            [code for code in codes if code != Reason.DUPLICATE],
            seed=secret_seed("practice", lease.pk),
        )
        give(lease, person, Kind.PRACTICE, dict(enumerate(images, start=1)))
