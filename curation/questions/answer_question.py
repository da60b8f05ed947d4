"""Use case: an organiser answers a question about a picture, once for all who get the picture."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from curation.batches.lock import lock_subject
from curation.errors import NotFound
from curation.projects import log
from curation.projects.access import require
from curation.projects.models import User
from curation.projects.permissions import ORGANISE
from curation.questions.models import Question
from curation.questions.words import checked_words
from curation.subjects.gate import require_consent
from curation.subjects.models import Act


@transaction.atomic
def answer_question(*, question: Question, answer: str, actor: User | None) -> Question:
    """Answer the question, or amend the answer; the log keeps what it was before.

    The same answer again changes nothing, nor who gave it. The blind rule is asked where the
    question is fetched (`access_question`). Raises NotAllowed, InvalidInput, ConsentMissing, or
    NotFound when its asker has taken it back.
    """
    subject = question.image.subject
    require(actor, ORGANISE, subject.project)
    words = checked_words(answer)
    lock_subject(subject.pk)
    require_consent(subject, Act.CURATE)
    found = Question.objects.filter(pk=question.pk, image__purged_at=None).first()
    if found is None:
        raise NotFound
    if found.answer == words:
        return found
    before, found.answer = found.answer, words
    found.answered_by, found.answered_at = actor, timezone.now()
    found.save(update_fields=["answer", "answered_by", "answered_at"])
    log.record(
        "question.amend" if before else "question.answer",
        actor=actor,
        project=subject.project,
        target=subject,
        number=question.image.number,
        question=found.text,
        answer=words,
        before=before,
    )
    return found
