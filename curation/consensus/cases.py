"""An image before its judge: everything that was said about it, by whom, and why."""

from __future__ import annotations

from dataclasses import dataclass

from curation.batches.models import Batch, BatchItem
from curation.consensus.blind import Blindfold, blindfolds_of
from curation.consensus.selectors import Decision, decisions_of_batch, decisions_on
from curation.images.models import Image
from curation.projects.models import User
from curation.votes.models import Vote
from curation.votes.voting_rule import votes_wanted


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """What an organiser sees of an image before they settle it."""

    image: Image
    decision: Decision
    item: BatchItem | None
    votes: tuple[Vote, ...]
    """In the order in which they were cast; empty while they are hidden."""
    num_wanted: int
    """How many more votes are asked for."""
    blindfold: Blindfold


def case_of(image: Image, *, viewer: User) -> Case:
    """The image with its decision and all votes, unless the viewer is to vote on it first."""
    this = Image.objects.filter(pk=image.pk)
    decision = decisions_on(this)[0]
    votes = tuple(
        Vote.objects.filter(image=image).select_related("volunteer").order_by("cast_at", "pk")
    )
    blindfold = blindfolds_of(viewer, this)[image.pk]
    return Case(
        image=image,
        decision=decision,
        item=BatchItem.objects.select_related("batch").filter(image=image).first(),
        votes=() if blindfold.hides_votes else votes,
        num_wanted=votes_wanted(decision.tally),
        blindfold=blindfold,
    )


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
