"""Use case: a volunteer who has judged an image is told what the machine and others think of it."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from curation.consensus.blind import blindfolds_of
from curation.consensus.duplicate_groups import Member, better_copy_of
from curation.consensus.models import Told
from curation.consensus.verdicts import Verdicts, verdicts_on
from curation.duplicates.selectors import alike, near_duplicates_of
from curation.gold.access import is_gold_item
from curation.gold.answering import open_answer
from curation.gold.models import GoldAnswer, Kind
from curation.hints.errors import VoteFirst
from curation.hints.selectors import Suspicion, suspicion_of
from curation.images.models import Image
from curation.projects.models import User
from curation.votes.ballot import open_ballot
from curation.votes.models import Vote
from curation.votes.turns import turn_to_write


@dataclass(frozen=True, kw_only=True, slots=True)
class Telling:
    """What there is to tell of one image."""

    image: Image
    suspicion: Suspicion | None
    """None while the machine knows nothing."""
    better: Member | None
    """The better copy that the suspicion goes by, where the volunteer may know of it."""
    verdicts: Verdicts | None
    """None while the image is not decided."""


def tell(*, item_id: int, volunteer: User) -> Telling:
    """What the machine and others think of an item, once the volunteer's own vote on it stands.

    Before it does, the refusal is the same whatever there is to tell. What they had said when they
    were first told something is kept, so that a change after it is known from a judgement of
    their own. Raises NotFound, NotAssigned, BatchClosed, LeaseExpired, ConsentMissing or VoteFirst.
    """
    with turn_to_write(), transaction.atomic():
        image_id, mine = _found(item_id, volunteer)
        if mine is None:
            raise VoteFirst(_("You are shown that after your own vote."), item_id=item_id)
        telling = _telling(image_id, volunteer, mine)
        if telling.suspicion or telling.verdicts:
            _remember(mine, volunteer)
    return telling


def _found(item_id: int, volunteer: User) -> tuple[int, Vote | GoldAnswer | None]:
    """The item's image and what the volunteer says of it. Of gold nothing else is told."""
    if is_gold_item(item_id):
        asked = open_answer(item_id, volunteer, "", Kind.HIDDEN)
        return asked.item.image_id, asked.mine
    ballot = open_ballot(item_id, volunteer, "")
    return ballot.place.image_id, ballot.mine


def _telling(image_id: int, volunteer: User, mine: Vote | GoldAnswer) -> Telling:
    image = Image.objects.select_related("subject__project").get(pk=image_id)
    others = Image.objects.filter(pk__in=[other for _one, other in alike([image_id])])
    blindfolds = blindfolds_of(volunteer, others)
    # What they may be asked for yet is kept from them as if it were on their desk already.
    alone = any(each.hides_votes for each in blindfolds.values())
    near = near_duplicates_of(image)
    shown = [each for each in near if not blindfolds[each.pk].hides_votes]
    return Telling(
        image=image,
        suspicion=suspicion_of(image, alone=alone),
        better=better_copy_of(image, shown) if shown else None,
        verdicts=verdicts_on(
            image, volunteer, answer=mine.verdict if isinstance(mine, GoldAnswer) else None
        ),
    )


def _remember(mine: Vote | GoldAnswer, volunteer: User) -> None:
    Told.objects.get_or_create(
        image_id=mine.image_id,
        volunteer=volunteer,
        defaults={
            "verdict": mine.verdict,
            "reason_codes": mine.reason_codes,
            "told_at": timezone.now(),
        },
    )
