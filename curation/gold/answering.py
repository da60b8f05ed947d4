"""What every change to an answer begins with: hold still, check the right, read the answer."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from curation.batches.access import require_key_of_its_own, require_same_picture
from curation.batches.models import Assignment
from curation.gold.access import access_gold_item, lock_for_answer
from curation.gold.models import GoldAnswer, GoldAnswerEvent, GoldItem, Kind
from curation.projects.models import User


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """A gold picture as one person's act finds it, held still until the transaction ends."""

    item: GoldItem
    lease: Assignment
    mine: GoldAnswer | None


def open_answer(item_id: int, person: User, picture: str, kind: Kind) -> Asked:
    """Hold the item still and read what an answer depends on.

    `picture` is how the SHA-256 of the picture begins that the person saw, blank if not known.
    Raises NotFound, NotAssigned, BatchClosed, LeaseExpired, ConsentMissing or OtherPicture.
    """
    lock_for_answer(item_id)
    item, lease = access_gold_item(item_id, person, kind)
    require_same_picture(item_id, item.image.sha256, picture)
    mine = GoldAnswer.objects.filter(image=item.image_id, person=person).first()
    return Asked(item=item, lease=lease, mine=mine)


def was_answered(item_id: int, person: User, client_key: UUID) -> bool:
    """Whether this very act is in the history, so that it must not be refused nor done again.

    Raises InvalidInput when the key belongs to an act on another image.
    """
    event = GoldAnswerEvent.objects.filter(person=person, client_key=client_key).first()
    if event is None:
        return False
    is_its_own = GoldItem.objects.filter(pk=item_id, image=event.image_id).exists()
    require_key_of_its_own(item_id, is_its_own=is_its_own)
    return True
