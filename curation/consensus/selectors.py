"""Decisions, derived from votes and rulings whenever they are asked for. None is stored."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from django.db.models import Exists, OuterRef, Q, QuerySet

from curation.batches.models import Batch
from curation.consensus.decision_rule import decide
from curation.consensus.kinds import num_of_each_kind
from curation.consensus.models import Ruling
from curation.images.models import Image
from curation.manual.reasons import Reason, split_reasons
from curation.manual.verdicts import Verdict
from curation.subjects.models import Subject
from curation.votes.models import ImageTally, Vote
from curation.votes.tallies import (
    TALLY,
    numbers_that_occur,
    tally_of,
    unheard,
    unpacked,
    with_tallies,
)
from curation.votes.voting_rule import Outcome, Tally, Weighed


@dataclass(frozen=True, kw_only=True, slots=True)
class Decision:
    """What became of one image, and why."""

    image_id: int
    number: int
    name: str
    outcome: Outcome
    tally: Tally
    reasons: Mapping[Reason, int]
    """For a rejected image, how many of those who rejected it named each reason."""
    ruling: Ruling | None
    """The organiser's word, when it was settled or overruled."""


@dataclass(slots=True)
class StateCounts:
    """How many images of a subject are in each state."""

    by_outcome: dict[Outcome, int] = field(default_factory=lambda: dict.fromkeys(Outcome, 0))

    @property
    def kept(self) -> int:
        return self.by_outcome[Outcome.KEPT]

    @property
    def rejected(self) -> int:
        return self.by_outcome[Outcome.REJECTED]

    @property
    def contested(self) -> int:
        return self.by_outcome[Outcome.CONTESTED]

    @property
    def pending(self) -> int:
        return self.by_outcome[Outcome.PENDING]

    @property
    def judged(self) -> int:
        """Images that volunteers are done with."""
        return self.kept + self.rejected + self.contested

    @property
    def total(self) -> int:
        return self.judged + self.pending


def decisions_of_batch(batch: Batch) -> list[Decision]:
    """The decision on every image of the batch that was not purged, by number."""
    return decisions_on(Image.objects.filter(batch_item__batch=batch))


def decisions_on(images: QuerySet[Image]) -> list[Decision]:
    """The decision on each of `images`, by number. Three queries, however many they are."""
    visible = images.filter(purged_at=None)
    rulings = {
        ruling.image_id: ruling
        for ruling in Ruling.objects.filter(image__in=visible).select_related("ruled_by")
    }
    # Votes and what they weigh in one query: read one after the other, a vote could come between.
    votes: dict[int, list[tuple[str, str]]] = defaultdict(list)
    weights: dict[int, int] = {}
    for image_id, verdict, codes, packed in Vote.objects.filter(image__in=visible).values_list(
        "image", "verdict", "reason_codes", "image__tally__packed"
    ):
        votes[image_id].append((verdict, codes))
        if packed is not None:
            weights[image_id] = packed
    counted = with_tallies(visible, default=unheard("subject__project")).order_by("number")
    return [
        _decision(
            pk,
            number,
            name,
            votes=votes[pk],
            weighed=unpacked(weights.get(pk, without)).weighed,
            ruling=rulings.get(pk),
        )
        for pk, number, name, without in counted.values_list("pk", "number", "name", TALLY)
    ]


def state_counts(subject: Subject) -> StateCounts:
    """How many images of the subject are in each state."""
    return state_counts_of([subject])[subject.pk]


def state_counts_of(subjects: Iterable[Subject]) -> dict[int, StateCounts]:
    """By subject id, how many images are in each state. One query, however many subjects."""
    counts = {subject.pk: StateCounts() for subject in subjects}
    for kind, num in num_of_each_kind(list(counts)).items():
        counts[kind.subject_id].by_outcome[decide(kind.tally, kind.ruling)] += num
    return counts


def kept_images(subject: Subject) -> QuerySet[Image]:
    """The images that a release of the subject would hold now."""
    return images_with(subject, Outcome.KEPT)


def images_with(subject: Subject, outcome: Outcome) -> QuerySet[Image]:
    """The subject's images with this outcome now.

    The rule stays in one place: it judges each kind of tally that occurs, of which there are few,
    and the database finds the images of the right kinds.
    """
    outcomes = kinds_of_tallies(subject)
    kinds = [number for number, which in outcomes.items() if which is outcome]
    rulings = [v for v in (Verdict.KEEP, Verdict.REJECT) if decide(Tally(), v) is outcome]
    images = Image.objects.filter(subject=subject, purged_at=None)
    if rulings:
        by_votes = Q(tally__subject=subject, tally__packed__in=kinds, ruling=None)
        return images.filter(by_votes | Q(ruling__verdict__in=rulings))
    if not kinds:
        return images.none()
    # Not by outer joins: databases expect next to nothing where the other side is missing.
    unruled = images.filter(~Exists(Ruling.objects.filter(image=OuterRef("pk"))))
    tallies = ImageTally.objects.filter(subject=subject)
    if 0 in kinds:
        others = tallies.filter(image=OuterRef("pk"), packed__in=outcomes.keys() - set(kinds))
        return unruled.filter(~Exists(others))
    return unruled.filter(pk__in=tallies.filter(packed__in=kinds).values("image"))


def kinds_of_tallies(subject: Subject) -> dict[int, Outcome]:
    """Each packed tally that occurs among the subject's images, and what it alone decides.

    An image without a tally row has that of 0. One query.
    """
    return {number: decide(unpacked(number), None) for number in {0, *numbers_that_occur(subject)}}


def _decision(
    pk: int,
    number: int,
    name: str,
    *,
    votes: list[tuple[str, str]],
    weighed: Weighed | None,
    ruling: Ruling | None,
) -> Decision:
    tally = replace(tally_of([verdict for verdict, _codes in votes]), weighed=weighed)
    outcome = decide(tally, Verdict(ruling.verdict) if ruling else None)
    return Decision(
        image_id=pk,
        number=number,
        name=name,
        outcome=outcome,
        tally=tally,
        reasons=_reasons(votes, ruling) if outcome is Outcome.REJECTED else {},
        ruling=ruling,
    )


def _reasons(votes: list[tuple[str, str]], ruling: Ruling | None) -> dict[Reason, int]:
    """How often each reason was named, in the manual's order; a ruling names its own."""
    if ruling is not None:
        return dict.fromkeys(ruling.reasons, 1)
    named = Counter(reason for _verdict, codes in votes for reason in split_reasons(codes))
    return {reason: named[reason] for reason in Reason if named[reason]}
