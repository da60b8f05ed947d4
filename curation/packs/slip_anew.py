"""Use case: a volunteer whose pack has lost its slip saves one anew."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Count, F

from curation.batches.models import Assignment, Batch
from curation.gold.models import GoldAnswerEvent, GoldItem
from curation.packs.take_pack import items_to_take, new_slip, slip_file
from curation.projects.models import User
from curation.votes.desk import DeskItem
from curation.votes.models import VoteEvent


def slip_anew(*, batch: Batch, lease: Assignment, person: User) -> bytes:
    """A slip of what waits for the person now, and has waited as long as they hold the batch.

    What was judged when the pack was taken did not lie in it. If its votes were taken back since,
    it would be missing from the pack, and look as if the person had deleted it.
    """
    waiting = items_to_take(batch, lease, person)
    all_along = _waiting_all_along(waiting, lease, person)
    return slip_file(new_slip(batch, lease, all_along, is_anew=True), batch, person)


def _waiting_all_along(
    items: Sequence[DeskItem], lease: Assignment, person: User
) -> list[DeskItem]:
    """Without pictures on which anybody has changed or taken back a vote, or the person an answer,
    and without gold that was marked anew. Three queries."""
    images = [each.image.pk for each in items]
    steps = VoteEvent.objects.filter(image__in=images).order_by()
    of_one = steps.values("image", "volunteer").annotate(num=Count("pk"))
    unsteady = {row["image"] for row in of_one.filter(num__gt=1)}
    answers = GoldAnswerEvent.objects.filter(person=person, image__in=images)
    unsteady.update(answers.values_list("image", flat=True))
    gold = GoldItem.objects.filter(
        lease=lease, image__gold__marked_at__gt=F("lease__gold_plan__planned_at")
    )
    unsteady.update(gold.values_list("image", flat=True))
    return [each for each in items if each.image.pk not in unsteady]
