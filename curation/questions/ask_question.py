"""Use case: whoever has a picture on their desk asks the organiser something about it."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from curation.projects import log
from curation.projects.models import User
from curation.questions.asking import Asking, open_asking
from curation.questions.models import Question
from curation.questions.words import checked_words
from curation.votes.turns import turn_to_write


def ask_question(*, item_id: int, text: str, person: User, picture: str = "") -> Question:
    """Pin the question to the item's image, in place of an open one of theirs.

    Asking the same again changes nothing, also when it has been answered meanwhile.
    `picture` is how the SHA-256 of the picture begins that they saw, blank if not known.
    Raises InvalidInput, NotFound, NotAssigned, BatchClosed, LeaseExpired, ConsentMissing or
    OtherPicture.
    """
    words = checked_words(text)
    with turn_to_write(), transaction.atomic():
        asking = open_asking(item_id, person, picture)
        if asking.newest and asking.newest.text == words:
            return asking.newest
        question = _question_in(asking, person)
        before, question.text, question.asked_at = question.text, words, timezone.now()
        question.save()
        log.record(
            "question.ask",
            actor=person,
            project=question.batch.subject.project,
            target=question.batch,
            number=question.image.number,
            text=words,
            before=before,
        )
        return question


def _question_in(asking: Asking, person: User) -> Question:
    """The one that is open, else a new one."""
    if asking.newest and asking.newest.is_open:
        return asking.newest
    return Question(image_id=asking.image_id, batch_id=asking.batch_id, asked_by=person)
