"""Use case: a volunteer takes back what they said of one picture, which may be hidden gold."""

from __future__ import annotations

from uuid import UUID

from curation.gold.access import is_gold_item
from curation.gold.take_back_answer import take_back_answer
from curation.projects.models import User
from curation.votes.take_back_vote import take_back_vote
from curation.votes.turns import turn_to_write


def take_back_item(*, item_id: int, volunteer: User, client_key: UUID, picture: str = "") -> None:
    """`take_back_vote`, or `take_back_answer` where the item is gold."""
    if not is_gold_item(item_id):
        take_back_vote(item_id=item_id, volunteer=volunteer, client_key=client_key, picture=picture)
        return
    with turn_to_write():
        take_back_answer(item_id=item_id, person=volunteer, client_key=client_key, picture=picture)
