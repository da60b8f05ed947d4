"""An image before its judge: everything that was said about it, by whom, and why."""

from __future__ import annotations

from dataclasses import dataclass

from curation.batches.models import Batch, BatchItem
from curation.consensus.selectors import Decision, decisions_of_batch, decisions_on
from curation.images.models import Image
from curation.projects.models import User
from curation.votes.blind import still_to_judge
from curation.votes.models import Vote
from curation.votes.voting_rule import votes_wanted


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """What an organiser sees of an image before they settle it."""

    image: Image
    decision: Decision
    item: BatchItem | None
    votes: tuple[Vote, ...]
    """In the order in which they were cast; empty while `is_blind`."""
    is_blind: bool
    """Votes are still wanted and the viewer has not voted, so they may not see what others said."""
    num_wanted: int
    """How many more votes are asked for."""
    is_to_judge: bool
    """The viewer was handed it and has yet to judge it: the machine's hints stay hidden as well."""


def case_of(image: Image, *, viewer: User) -> Case:
    """The image with its decision and all votes, unless the viewer is to vote on it first."""
    decision = decisions_on(Image.objects.filter(pk=image.pk))[0]
    votes = tuple(
        Vote.objects.filter(image=image).select_related("volunteer").order_by("cast_at", "pk")
    )
    item = BatchItem.objects.select_related("batch").filter(image=image).first()
    num_wanted = votes_wanted(decision.tally)
    is_to_judge = bool(still_to_judge(viewer, Image.objects.filter(pk=image.pk)))
    is_blind = is_to_judge or (
        item is not None
        and decision.ruling is None
        and num_wanted > 0
        and not any(vote.volunteer_id == viewer.pk for vote in votes)
    )
    return Case(
        image=image,
        decision=decision,
        item=item,
        votes=() if is_blind else votes,
        is_blind=is_blind,
        num_wanted=num_wanted,
        is_to_judge=is_to_judge,
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class BatchLine:
    """An image of a batch in the organiser's table."""

    position: int
    decision: Decision
    is_blind: bool


def lines_of_batch(batch: Batch, *, viewer: User) -> list[BatchLine]:
    """The batch's images in order with their decisions, blind where the viewer is to vote."""
    positions = dict(BatchItem.objects.filter(batch=batch).values_list("image", "position"))
    voted = set(
        Vote.objects.filter(image__batch_item__batch=batch, volunteer=viewer).values_list(
            "image", flat=True
        )
    )
    lines = [
        BatchLine(
            position=positions[decision.image_id],
            decision=decision,
            is_blind=decision.image_id not in voted and votes_wanted(decision.tally) > 0,
        )
        for decision in decisions_of_batch(batch)
    ]
    return sorted(lines, key=lambda line: line.position)
