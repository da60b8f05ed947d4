"""Use case: whoever asked a question takes it back before it is answered."""

from __future__ import annotations

from django.db import transaction

from curation.projects import log
from curation.projects.models import User
from curation.questions.asking import open_asking
from curation.votes.turns import turn_to_write


def withdraw_question(*, item_id: int, person: User) -> None:
    """Take the person's open question about the item's image away.

    One that is answered stays, as it is everybody's by then; where none is open nothing happens.
    Raises NotFound, NotAssigned, BatchClosed, LeaseExpired or ConsentMissing.
    """
    with turn_to_write(), transaction.atomic():
        question = open_asking(item_id, person).newest
        if question is None or not question.is_open:
            return
        question.delete()
        log.record(
            "question.withdraw",
            actor=person,
            project=question.batch.subject.project,
            target=question.batch,
            number=question.image.number,
            text=question.text,
        )
