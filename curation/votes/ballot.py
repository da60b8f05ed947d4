"""What every change to a vote begins with: hold the image still, know the act, check the right."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from curation.batches.access import require_live_lease, require_may_be_shown
from curation.batches.lock import lock_item
from curation.batches.models import BatchItem
from curation.errors import InvalidInput
from curation.projects.models import User
from curation.votes.models import Vote, VoteEvent
from curation.votes.rule import Tally
from curation.votes.tallies import tally_of


@dataclass(frozen=True, kw_only=True, slots=True)
class Ballot:
    """An image as one volunteer's act finds it, held still until the transaction ends."""

    item: BatchItem
    mine: Vote | None
    tally: Tally
    """All current votes, mine among them."""
    is_replay: bool
    """This very act was recorded before; nothing may be stored again."""


def open_ballot(*, item_id: int, volunteer: User, client_key: UUID) -> Ballot:
    """Lock the image of an item and read what the act depends on.

    An act that was recorded before passes without the checks: it was acknowledged, or would have
    been, had its answer not been lost on the way.
    Raises NotFound, NotAssigned, BatchClosed, LeaseExpired, ConsentMissing or InvalidInput.
    """
    item = lock_item(item_id)
    event = VoteEvent.objects.filter(volunteer=volunteer, client_key=client_key).first()
    if event is not None and event.image_id != item.image_id:
        raise InvalidInput(_("This key belongs to an act on another image."), item_id=item_id)
    if event is None:
        require_live_lease(volunteer, item.batch)
        require_may_be_shown(item.batch.subject)
    votes = list(Vote.objects.filter(image=item.image_id))
    return Ballot(
        item=item,
        mine=next((vote for vote in votes if vote.volunteer_id == volunteer.pk), None),
        tally=tally_of([vote.verdict for vote in votes]),
        is_replay=event is not None,
    )
