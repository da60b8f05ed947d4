"""Which picture somebody may ask about, by its place on their desk."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from curation.errors import NotFound
from curation.gold.answering import open_answer
from curation.gold.models import Kind
from curation.projects.models import User
from curation.questions.models import Question
from curation.votes.ballot import open_ballot


@dataclass(frozen=True, kw_only=True, slots=True)
class Asking:
    """A picture on somebody's desk, held still until the transaction ends."""

    image_id: int
    batch_id: int
    newest: Question | None
    """What they asked last about it, answered or not."""


def open_asking(item_id: int, person: User, picture: str = "") -> Asking:
    """What a vote on the item would be checked for is checked, and held still.

    `picture` is how the SHA-256 of the picture begins that the person saw, blank if not known.
    Raises NotFound, NotAssigned, BatchClosed, LeaseExpired, ConsentMissing or OtherPicture.
    """
    image_id, batch_id = _found(item_id, person, picture)
    asked = Question.objects.filter(image=image_id, asked_by=person).order_by("pk")
    return Asking(image_id=image_id, batch_id=batch_id, newest=asked.last())


def _found(item_id: int, person: User, picture: str) -> tuple[int, int]:
    """The item's image, and the batch on whose desk it lies. Gold is asked about like any other."""
    with suppress(NotFound):
        place = open_ballot(item_id, person, picture).place
        return place.image_id, place.batch_id
    asked = open_answer(item_id, person, picture, Kind.HIDDEN)
    return asked.item.image_id, asked.lease.batch_id
