"""What every change to a vote begins with: hold still, check the right, read the votes."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from curation.batches.access import require_key_of_its_own, require_same_picture
from curation.batches.lock import lock_for_vote
from curation.batches.models import BatchItem
from curation.projects.models import User
from curation.votes.models import Vote, VoteEvent
from curation.votes.place import VotePlace, require_place


@dataclass(frozen=True, kw_only=True, slots=True)
class Ballot:
    """An image as one volunteer's act finds it, held still until the transaction ends."""

    place: VotePlace
    mine: Vote | None


def open_ballot(item_id: int, volunteer: User, picture: str) -> Ballot:
    """Hold the item's image still and read what a vote on it depends on.

    `picture` is how the SHA-256 of the picture begins that the volunteer saw, blank if not known.
    Raises NotFound, NotAssigned, BatchClosed, LeaseExpired, ConsentMissing or OtherPicture.
    """
    lock_for_vote(item_id)
    place = require_place(item_id, volunteer)
    require_same_picture(item_id, place.sha256, picture)
    mine = Vote.objects.get(image=place.image_id, volunteer=volunteer) if place.has_voted else None
    return Ballot(place=place, mine=mine)


def was_recorded(item_id: int, volunteer: User, client_key: UUID) -> bool:
    """Whether this very act is in the history, so that it must not be refused nor done again.

    Ask it when an act did not go through: the first answer may have been lost on the way, and
    lease, consent or capacity may have ended since. Raises InvalidInput when the key belongs to
    an act on another image.
    """
    event = VoteEvent.objects.filter(volunteer=volunteer, client_key=client_key).first()
    if event is None:
        return False
    is_its_own = BatchItem.objects.filter(pk=item_id, image=event.image_id).exists()
    require_key_of_its_own(item_id, is_its_own=is_its_own)
    return True
