"""Use case: a volunteer takes their vote on one image back, as if never cast."""

from __future__ import annotations

from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from curation.errors import Refused
from curation.projects.models import User
from curation.votes.ballot import open_ballot, was_recorded
from curation.votes.models import VoteEvent
from curation.votes.tallies import recount_image
from curation.votes.turns import turn_to_write


def take_back_vote(*, item_id: int, volunteer: User, client_key: UUID, picture: str = "") -> None:
    """Remove the volunteer's vote on an item; the history keeps that it was there.

    Where there is none, nothing happens, so a client may send it again freely.
    Raises NotFound, NotAssigned, BatchClosed, LeaseExpired, ConsentMissing, OtherPicture or
    InvalidInput.
    """
    try:
        with turn_to_write(), transaction.atomic():
            _take_back(item_id, volunteer, client_key, picture)
    except (Refused, IntegrityError):
        # The database refuses a key that it has seen: `an_act_is_recorded_once`.
        if not was_recorded(item_id, volunteer, client_key):
            raise


def _take_back(item_id: int, volunteer: User, client_key: UUID, picture: str) -> None:
    ballot = open_ballot(item_id, volunteer, picture)
    if ballot.mine is None:
        return
    ballot.mine.delete()
    recount_image(ballot.place.image_id, ballot.place.rule)
    VoteEvent.objects.create(
        image_id=ballot.place.image_id,
        volunteer=volunteer,
        batch_id=ballot.place.batch_id,
        verdict="",
        manual_version=ballot.place.manual_version,
        client_key=client_key,
        at=timezone.now(),
    )
