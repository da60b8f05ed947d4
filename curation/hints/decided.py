"""What a subject's own decisions teach: pictures with their answers."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import QuerySet

from curation.consensus.selectors import decisions_on, images_with
from curation.hints.lessons import Answer
from curation.images.models import Image
from curation.manual.reasons import Reason
from curation.subjects.models import Subject
from curation.votes.voting_rule import Outcome

MOST = 2000
"""Pictures of each kind that are learnt from: more teach nothing new, and take long to read."""


def answers_of(subject: Subject) -> list[Answer]:
    """The kept and the rejected images, evenly chosen by their numbers where they are many."""
    chosen = [
        pk
        for outcome in (Outcome.KEPT, Outcome.REJECTED)
        for pk in _spread(images_with(subject, outcome))
    ]
    return [
        Answer(decision.image_id, _most_named(decision.reasons))
        for decision in decisions_on(Image.objects.filter(pk__in=chosen))
        if decision.outcome in (Outcome.KEPT, Outcome.REJECTED)  # one may have changed since
    ]


def _spread(images: QuerySet[Image]) -> list[int]:
    keys = list(images.order_by("number").values_list("pk", flat=True))
    step = max(1, -(-len(keys) // MOST))
    return keys[::step]


def _most_named(reasons: Mapping[Reason, int]) -> tuple[str, ...]:
    """Reasons that at least half as many named as the most frequent one."""
    most = max(reasons.values(), default=0)
    return tuple(reason.value for reason, num in reasons.items() if num * 2 >= most)
