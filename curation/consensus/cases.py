"""An image before its judge: everything that was said about it, by whom, and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from curation.batches.models import Batch, BatchItem
from curation.consensus.blind import Blindfold, blindfolds_of
from curation.consensus.models import Told
from curation.consensus.selectors import Decision, decisions_of_batch, decisions_on
from curation.images.models import Image
from curation.projects.models import User
from curation.votes.models import Vote
from curation.votes.voting_rule import votes_wanted


@dataclass(frozen=True, kw_only=True, slots=True)
class Spoken:
    """A vote, and what the same person had said before they were told what others think."""

    vote: Vote
    before: Told | None
    """Where it was something else; None where the vote is their own judgement."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """What an organiser sees of an image before they settle it."""

    image: Image
    decision: Decision
    item: BatchItem | None
    votes: tuple[Spoken, ...]
    """In the order in which they were cast; empty while they are hidden."""
    num_wanted: int
    """How many more votes are asked for."""
    blindfold: Blindfold


def case_of(image: Image, *, viewer: User) -> Case:
    """The image with its decision and all votes, unless the viewer is to vote on it first."""
    return cases_of([image], viewer=viewer)[0]


def cases_of(images: Sequence[Image], *, viewer: User) -> list[Case]:
    """The same of each of `images`, in their order. Seven queries, however many they are."""
    these = Image.objects.filter(pk__in=[image.pk for image in images])
    decisions = {decision.image_id: decision for decision in decisions_on(these)}
    blindfolds = blindfolds_of(viewer, these)
    seen = [pk for pk, blindfold in blindfolds.items() if not blindfold.hides_votes]
    spoken = _spoken_of(Image.objects.filter(pk__in=seen)) if seen else {}
    items = BatchItem.objects.select_related("batch").filter(image__in=these)
    item_of = {item.image_id: item for item in items}
    return [
        Case(
            image=image,
            decision=decisions[image.pk],
            item=item_of.get(image.pk),
            votes=() if blindfolds[image.pk].hides_votes else tuple(spoken.get(image.pk, ())),
            num_wanted=votes_wanted(decisions[image.pk].tally),
            blindfold=blindfolds[image.pk],
        )
        for image in images
        if image.pk in decisions  # not purged since
    ]


def _spoken_of(images: QuerySet[Image]) -> dict[int, list[Spoken]]:
    """All votes on the images, by the images' ids. Two queries."""
    told = {
        (each.image_id, each.volunteer_id): each for each in Told.objects.filter(image__in=images)
    }
    spoken: dict[int, list[Spoken]] = defaultdict(list)
    votes = Vote.objects.filter(image__in=images).select_related("volunteer")
    for vote in votes.order_by("cast_at", "pk"):
        before = told.get((vote.image_id, vote.volunteer_id))
        spoken[vote.image_id].append(_spoken(vote, before))
    return spoken


def _spoken(vote: Vote, told: Told | None) -> Spoken:
    return Spoken(vote=vote, before=told if told and told.differs_from(vote) else None)


@dataclass(frozen=True, kw_only=True, slots=True)
class BatchLine:
    """An image of a batch in the organiser's table."""

    position: int
    sha256: str
    decision: Decision
    blindfold: Blindfold


def lines_of_batch(batch: Batch, *, viewer: User) -> list[BatchLine]:
    """The batch's images in order with their decisions, and what of them the viewer may see."""
    items = BatchItem.objects.filter(batch=batch)
    rows = items.values_list("image", "position", "image__sha256")
    places = {image_id: (position, sha256) for image_id, position, sha256 in rows}
    blindfolds = blindfolds_of(viewer, Image.objects.filter(batch_item__batch=batch))
    lines = [
        BatchLine(
            position=places[decision.image_id][0],
            sha256=places[decision.image_id][1],
            decision=decision,
            blindfold=blindfolds[decision.image_id],
        )
        for decision in decisions_of_batch(batch)
    ]
    return sorted(lines, key=lambda line: line.position)
