"""What stories about gold on the desk begin with: a desk among whose pictures some is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

from curation.batches.models import Assignment, Batch, BatchItem
from curation.errors import Refused
from curation.gold.models import Gold
from curation.manual.reasons import Reason
from curation.manual.verdicts import Verdict
from curation.projects.models import User
from curation.subjects.models import Subject
from curation.votes.desk import DeskItem, desk_items
from curation.votes.judge_item import judge_item
from curation.votes.plan_gold import plan_gold
from tests.stories.batches import KEEP, REJECT, hand_out, image_row
from tests.stories.gold import gold


def thirty_known(subject: Subject, *, by: User) -> list[Gold]:
    """Gold in no batch: ten pictures to keep, ten blurry, ten drawn."""
    answers = [(KEEP,), (REJECT, Reason.BLURRY), (REJECT, Reason.DRAWN)]
    return [gold(image_row(subject, 100 + n), *answers[n % 3], by=by) for n in range(30)]


def cut_of(subject: Subject, numbers: range, organiser: User, *people: User) -> Batch:
    """A batch of new pictures with these numbers, handed to all of them."""
    batch = Batch.objects.create(
        subject=subject, number=1 + Batch.objects.count(), created_by=organiser
    )
    for place, number in enumerate(numbers, start=1):
        image = image_row(subject, number)
        BatchItem.objects.create(batch=batch, image=image, position=place)
    hand_out(batch, *people, by=organiser)
    return batch


def opened(batch: Batch, person: User) -> list[DeskItem]:
    """The desk as its person opens it."""
    lease = Assignment.objects.get(batch=batch, volunteer=person)
    plan_gold(batch=batch, lease=lease, person=person)
    return desk_items(batch, person)


def gold_on(desk: list[DeskItem]) -> list[DeskItem]:
    return [each for each in desk if Gold.objects.filter(image=each.image).exists()]


def judge(
    person: User, item_id: int, verdict: Verdict = KEEP, *reasons: Reason, key: UUID | None = None
) -> Any:
    return judge_item(
        item_id=item_id,
        volunteer=person,
        verdict=verdict,
        reasons=reasons,
        client_key=key or uuid4(),
    )


def refusal_of(act: Callable[[], object]) -> tuple[str, str, dict[str, Any]]:
    """Its code, its words, and what else it says but of which picture."""
    try:
        act()
    except Refused as refusal:
        context = {key: value for key, value in refusal.context.items() if key != "item_id"}
        return refusal.code, str(refusal.message), context
    return "", "", {}
