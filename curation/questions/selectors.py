"""Reads of this stage."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from curation.batches.models import Batch
from curation.consensus.blind import blindfolds_of
from curation.gold.models import Kind
from curation.gold.selectors import given_items
from curation.images.models import Image
from curation.projects.models import User
from curation.questions.models import Question
from curation.subjects.gate import covered
from curation.subjects.models import Act, Subject
from curation.votes.near import images_on_desk


@dataclass(frozen=True, kw_only=True, slots=True)
class PinnedQuestion:
    """A question as somebody sees it on their desk."""

    item_id: int
    question: Question
    is_mine: bool


def questions_on_desk(batch: Batch, person: User) -> list[PinnedQuestion]:
    """What was answered of the pictures on the person's desk, and what they asked themselves, the
    oldest first. Three queries."""
    images = images_on_desk(batch, person)
    return pinned_to({image.pk: item_id for item_id, image in images.items()}, person)


def pinned_to(items: Mapping[int, int], person: User) -> list[PinnedQuestion]:
    """The same of these items, by the ids of their images. One query.

    Hidden gold is shown with what they asked themselves alone: it was asked about on other desks,
    and an answer under it would tell that the picture is known.
    """
    hidden = given_items(Kind.HIDDEN).filter(person=person).values("image")
    answered = Q(answered_at__isnull=False) & ~Q(image__in=hidden)
    shown = Question.objects.filter(answered | Q(asked_by=person))
    return [
        PinnedQuestion(
            item_id=items[question.image_id],
            question=question,
            is_mine=question.asked_by_id == person.pk,
        )
        for question in shown.filter(image__in=items).order_by("pk")
    ]


def open_questions(subjects: Iterable[int], viewer: User) -> list[Question]:
    """What of these subjects, by their ids, waits for an answer, the oldest first. Two queries.

    Without what is asked about a picture that the viewer has yet to judge, as a question tells
    what its asker sees in it, and of those subjects whose pictures nobody may look at.
    """
    visible = Subject.objects.filter(covered(Act.CURATE), pk__in=list(subjects))
    waiting = list(
        Question.objects.filter(answered_at=None, image__subject__in=visible, image__purged_at=None)
        .select_related("image__subject", "batch", "asked_by")
        .order_by("pk")
    )
    asked_about = Image.objects.filter(pk__in={question.image_id for question in waiting})
    blindfolds = blindfolds_of(viewer, asked_about) if waiting else {}
    return [each for each in waiting if not blindfolds[each.image_id].hides_hints]


def answered_questions(subject: Subject) -> QuerySet[Question]:
    """What was answered of the subject's pictures, the newest question first."""
    answered = Question.objects.filter(
        answered_at__isnull=False, image__subject=subject, image__purged_at=None
    )
    return answered.select_related("image", "batch", "asked_by", "answered_by").order_by("-pk")
