"""Which gold a person can still be given under a lease, and what is known of them by then."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.crypto import salted_hmac

from curation.batches.models import Assignment, Batch, BatchItem
from curation.duplicates.models import NearPair
from curation.duplicates.selectors import near_pairs
from curation.gold.choosing import Candidate
from curation.gold.marking import KEPT, expected_error
from curation.gold.models import Gold, GoldAnswer, GoldItem, Kind
from curation.gold.selectors import accuracy_of
from curation.manual.reasons import Reason, split_reasons
from curation.projects.models import Project, User
from curation.subjects.models import Subject
from curation.votes.models import Vote, VoteEvent
from curation.votes.tallies import TALLY, numbers_that_want_any, with_tallies


def gold_to_give(person: User, batch: Batch) -> list[Candidate]:
    """Gold of the batch's subject that the person can judge without having seen it. One query.

    Not what looks like a picture of the batch, which would rightly be called a duplicate.
    """
    first = near_pairs(batch.subject).filter(first=OuterRef("image"))
    second = near_pairs(batch.subject).filter(second=OuterRef("image"))
    is_near = Q(Exists(first.filter(second__batch_item__batch=batch)))
    is_near |= Q(Exists(second.filter(first__batch_item__batch=batch)))
    rows = (
        _unseen_gold(person, [batch.subject])
        .filter(~is_near)
        .values_list("image_id", "image__number", "reason_codes")
    )
    return [
        Candidate(
            image_id=pk,
            number=number,
            keys=tuple(each.value for each in split_reasons(codes)) or (KEPT,),
        )
        for pk, number, codes in rows.order_by("image")
    ]


def num_gold_left(person: User, subjects: Collection[Subject]) -> Counter[Project]:
    """How much gold the person could yet be given on these subjects, by project. One query."""
    projects = {each.pk: each.project for each in subjects}
    rows = _unseen_gold(person, subjects).order_by().values_list("image__subject")
    found: Counter[Project] = Counter()
    for subject, num in rows.annotate(num=Count("pk")):
        found[projects[subject]] += num
    return found


def _unseen_gold(person: User, subjects: Collection[Subject]) -> QuerySet[Gold]:
    """Without what they marked, were given, voted on or held, and what waits for votes in any
    batch: they could cast one there, with the answer known. Nor a duplicate that lies beside
    nothing."""
    of_image = {"image": OuterRef("image")}
    was_held = Assignment.objects.filter(volunteer=person, batch__items__image=OuterRef("image"))
    in_batches = with_tallies(BatchItem.objects.filter(**of_image), image="image")
    is_to_judge = Exists(in_batches.filter(**{f"{TALLY}__in": numbers_that_want_any()}))
    pairs = NearPair.objects.filter(Q(first=OuterRef("image")) | Q(second=OuterRef("image")))
    return (
        Gold.objects.filter(image__subject__in=subjects, image__purged_at=None)
        .exclude(marked_by=person)
        .filter(
            ~Exists(GoldItem.objects.filter(**of_image, person=person)),
            ~Exists(VoteEvent.objects.filter(**of_image, volunteer=person)),
            ~Exists(was_held),
            ~is_to_judge,
            ~Q(reason_codes=Reason.DUPLICATE.value) | Exists(pairs),
        )
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Known:
    """What is known of a person when gold is chosen for them."""

    num_judged: int
    """Pictures of the project that they have judged, gold or not."""
    errors: dict[str, float]
    """How likely they are to be wrong the next time, for each reason and for what is to be kept."""


def known_of(person: User, project: Project) -> Known:
    """Three queries."""
    votes = Vote.objects.filter(volunteer=person, image__subject__project=project)
    answers = GoldAnswer.objects.filter(
        person=person, kind=Kind.HIDDEN, image__subject__project=project
    )
    found = accuracy_of(person, project)
    asked = {key: (each.asked, each.right) for key, each in found.items()}
    return Known(
        num_judged=votes.count() + answers.count(),
        errors={
            key: expected_error(asked=num, right=right)
            for key in (KEPT, *(reason.value for reason in Reason))
            for num, right in [asked.get(key, (0, 0))]
        },
    )


def secret_seed(*of: object) -> str:
    """The same for the same, and nobody outside the site can tell what follows from it."""
    return salted_hmac("curation.votes.gold_to_give", " ".join(map(str, of))).hexdigest()
