"""Reads of this stage."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef, QuerySet

from curation.gold.marking import KEPT, Said, is_right, keys_of
from curation.gold.models import Gold, GoldAnswer, GoldAnswerEvent, GoldItem, Kind
from curation.images.models import Image
from curation.projects.models import Project, User


def gold_of(image: Image) -> Gold | None:
    """The image's known answer with who gave it, if it is gold and was not purged. One query.

    Ask the blind rule (`consensus.blind`) before showing it.
    """
    return (
        Gold.objects.filter(image=image, image__purged_at=None).select_related("marked_by").first()
    )


def given_items(*kinds: Kind) -> QuerySet[GoldItem]:
    """What people were given, of these kinds, without what is gold no more or was purged."""
    there = GoldItem.objects.filter(image__purged_at=None, image__gold__isnull=False)
    return there.filter(kind__in=kinds or list(Kind)).select_related(
        "image", "lease__batch__subject__project"
    )


def had_as_gold(person: User, *, image: str) -> Exists:
    """Whether the person answered the image of a row as gold; `image` is the column that names it.

    They were told the answer, or may have it from what they are told of how they do. Whatever the
    image has become since, and though they took what they said back, no vote of theirs is asked
    for on it. `curation.votes.place` and `curation.votes.work` ask the same in words of their own.
    """
    return Exists(GoldAnswerEvent.objects.filter(image=OuterRef(image), person=person))


def num_hidden_answers(person: User) -> int:
    """How many hidden gold pictures the person has a current answer to, over all projects.

    Whoever tells a person how many pictures they have judged adds these to their votes: a count
    that stands still with one of them would tell which they are.
    """
    return GoldAnswer.objects.filter(person=person, kind=Kind.HIDDEN).count()


@dataclass(frozen=True, kw_only=True, slots=True)
class Answered:
    """A gold picture, and what one person said of it first."""

    event: GoldAnswerEvent
    gold: Gold

    @property
    def project_id(self) -> int:
        return self.event.image.subject.project_id

    @property
    def said(self) -> Said:
        return Said(self.event.verdict, tuple(self.event.reasons))

    @property
    def known(self) -> Said:
        return Said(self.gold.verdict, tuple(self.gold.reasons))

    @property
    def is_right(self) -> bool:
        return is_right(self.said, self.known)


def answers_of(person: User, *projects: Project, kinds: Iterable[Kind] = Kind) -> list[Answered]:
    """What the person said of each gold picture of the projects at first sight, the oldest first.

    By what is known of it today. What is gold no more, was purged or was marked by the person
    themselves counts nowhere. One query.
    """
    first: dict[int, Answered] = {}
    events = (
        GoldAnswerEvent.objects.filter(
            person=person,
            kind__in=list(kinds),
            image__subject__project__in=projects,
            image__purged_at=None,
            image__gold__isnull=False,
        )
        .select_related("image__gold", "image__subject")
        .order_by("pk")
    )
    for event in events:
        gold: Gold = event.image.gold
        if event.verdict and gold.marked_by_id != person.pk:
            first.setdefault(event.image_id, Answered(event=event, gold=gold))
    return list(first.values())


@dataclass(slots=True)
class Accuracy:
    """How often one person knew pictures that are to be rejected for one reason, or kept."""

    asked: int = 0
    right: int = 0
    instead: Counter[str] = field(default_factory=Counter)
    """What was said where it was wrong: codes of reasons, "keep" or "unsure"."""


def accuracy_of(
    person: User, project: Project, *, kinds: Iterable[Kind] = Kind
) -> dict[str, Accuracy]:
    """`accuracy_in` the person's first answers in the project. One query."""
    return accuracy_in(answers_of(person, project, kinds=kinds))


def accuracy_in(answers: Iterable[Answered]) -> dict[str, Accuracy]:
    """Answers by what would have been right: codes of reasons, and "keep".

    A picture with several reasons counts for each. Without what was never asked.
    """
    found: dict[str, Accuracy] = {}
    for answered in answers:
        for key in keys_of(answered.known):
            accuracy = found.setdefault(key, Accuracy())
            accuracy.asked += 1
            if answered.is_right:
                accuracy.right += 1
            else:
                accuracy.instead.update(keys_of(answered.said))
    return dict(sorted(found.items(), key=lambda each: each[0] != KEPT))
