"""Use case: a volunteer says what they think of one image, or changes their mind."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from curation.batches.access import too_late
from curation.batches.extend_lease import extend_lease
from curation.errors import Refused
from curation.manual.judged_by import judged_by
from curation.manual.reasons import Reason
from curation.manual.used_reasons import require_used
from curation.manual.verdicts import Verdict, checked_reasons
from curation.projects.models import User
from curation.votes.ballot import Ballot, open_ballot, was_recorded
from curation.votes.errors import EnoughVotes
from curation.votes.models import Vote, VoteEvent
from curation.votes.place import VotePlace
from curation.votes.rows import insert
from curation.votes.tallies import recount_image
from curation.votes.turns import turn_to_write
from curation.votes.voting_rule import votes_wanted


def cast_vote(
    *,
    item_id: int,
    volunteer: User,
    verdict: Verdict,
    reasons: Sequence[Reason] = (),
    client_key: UUID,
    picture: str = "",
    manual: int | None = None,
) -> Vote | None:
    """Record the volunteer's verdict on an item, in place of an earlier one of theirs.

    Casting the same vote twice changes nothing, so a client may send it again freely. A vote
    leaves its volunteer time for the next ones: it may move the end of their lease on. One that
    comes within `GRACE` after that end is taken if more votes are wanted than others who hold the
    batch could give, and revives nothing. Returns
    the vote as it stands: None only for an old act sent again after its vote was taken back.
    `picture` is how the SHA-256 of the picture begins that the volunteer saw,
    `manual` the number of the version that they judged it by: the current one if it is not known.
    Raises NotFound, NotAssigned, BatchClosed, LeaseExpired, ConsentMissing, OtherPicture,
    ReasonRequired, ReasonNotUsed, InvalidInput or EnoughVotes.
    """
    said = (verdict.value, checked_reasons(verdict, reasons))
    try:
        with turn_to_write(), transaction.atomic():
            ballot = open_ballot(item_id, volunteer, picture)
            version = judged_by(ballot.place.manual_version, manual)
            require_used(said[1], project_id=ballot.place.project_id, version=version)
            said_by = (*said, version)
            vote = _store(ballot, said_by, volunteer=volunteer, client_key=client_key)
            _keep_the_batch(ballot.place)
            return vote
    except (Refused, IntegrityError):
        # The database refuses a key that it has seen: `an_act_is_recorded_once`.
        if not was_recorded(item_id, volunteer, client_key):
            raise
        return Vote.objects.filter(image__batch_item=item_id, volunteer=volunteer).first()


def _keep_the_batch(place: VotePlace) -> None:
    """Who votes is at work, so their lease does not end under their hands. What ended stays so."""
    if place.is_late:
        return
    extend_lease(
        lease_id=place.lease_id,
        leased_until=place.leased_until,
        granted_until=place.granted_until,
        voted_at=timezone.now(),
    )


def _store(
    ballot: Ballot, said_by: tuple[str, str, int], *, volunteer: User, client_key: UUID
) -> Vote:
    """Write the vote and a line of its history, if it says anything new. Raises EnoughVotes."""
    vote = _vote_to_store(ballot, volunteer)
    if (vote.verdict, vote.reason_codes, vote.manual_version) == said_by:
        return vote
    vote.verdict, vote.reason_codes, vote.manual_version = said_by
    vote.cast_at = timezone.now()
    insert(vote, or_replace=("image", "volunteer"))
    recount_image(ballot.place.image_id, ballot.place.rule)
    insert(
        VoteEvent(
            image_id=vote.image_id,
            volunteer_id=vote.volunteer_id,
            batch_id=ballot.place.batch_id,
            verdict=vote.verdict,
            reason_codes=vote.reason_codes,
            manual_version=vote.manual_version,
            client_key=client_key,
            at=vote.cast_at,
        )
    )
    return vote


def _vote_to_store(ballot: Ballot, volunteer: User) -> Vote:
    """The volunteer's vote, which they may always change, else a new one if theirs is wanted.

    Whether others have judged the image or they themselves had it as gold is told in the same
    words: which pictures were gold is nobody's to know. So is the one refusal of what is late.
    Raises EnoughVotes or LeaseExpired.
    """
    if ballot.mine is not None:
        return ballot.mine
    place = ballot.place
    is_free = votes_wanted(place.tally) > place.num_expected and not place.had_as_gold
    if not is_free and place.is_late:
        raise too_late(batch_number=place.batch_number, leased_until=place.leased_until)
    if not is_free:
        raise EnoughVotes(
            _("No further vote of yours is needed on this image."), item_id=place.item_id
        )
    return Vote(image_id=place.image_id, volunteer_id=volunteer.pk)
