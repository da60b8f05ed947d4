"""Use case: a volunteer takes their answer to a hidden gold picture back, as if never given."""

from __future__ import annotations

from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from curation.errors import Refused
from curation.gold.answering import open_answer, was_answered
from curation.gold.models import GoldAnswerEvent, Kind
from curation.manual.selectors import current_version
from curation.projects.models import User


def take_back_answer(*, item_id: int, person: User, client_key: UUID, picture: str = "") -> None:
    """Remove the person's answer; the history keeps that it was there, and measures them by it.

    Where there is none, nothing happens, so a client may send it again freely.
    Raises NotFound, NotAssigned, BatchClosed, LeaseExpired, ConsentMissing, OtherPicture or
    InvalidInput.
    """
    try:
        with transaction.atomic():
            _take_back(item_id, person, client_key, picture)
    except (Refused, IntegrityError):
        # The database refuses a key that it has seen: `a_gold_act_is_recorded_once`.
        if not was_answered(item_id, person, client_key):
            raise


def _take_back(item_id: int, person: User, client_key: UUID, picture: str) -> None:
    asked = open_answer(item_id, person, picture, Kind.HIDDEN)
    if asked.mine is None:
        return
    asked.mine.delete()
    GoldAnswerEvent.objects.create(
        image=asked.item.image,
        person=person,
        kind=Kind.HIDDEN,
        verdict="",
        manual_version=current_version(asked.item.image.subject.project),
        client_key=client_key,
        at=timezone.now(),
    )
