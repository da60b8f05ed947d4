"""The blind rule: whoever may still judge an image is not shown what others, or the machine, think.

Every page and answer that shows a vote, a ruling or a hint asks here whether it may.

Two things that the machine found are told to whoever holds the batch before their vote: where the
faces in a picture are, from left to right, which the desk needs for a closer look
(`votes.desk`), and which pictures are nearly the same, which whoever may say “duplicate” has to
see (`votes.near`). Any eye sees as much in the pictures themselves, and neither says which way the
machine leans: not whose face it is nor how likely, not which of two pictures is the better one,
not what it suspects. Nothing else it found is told; `tests/frontend/test_blind.py` holds that.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from curation.batches.models import Assignment, BatchItem
from curation.gold.selectors import had_as_gold
from curation.images.models import Image
from curation.projects.models import User
from curation.subjects.models import Subject
from curation.votes.models import ImageTally, Vote
from curation.votes.tallies import TALLY, numbers_that_occur, unpacked, with_tallies
from curation.votes.voting_rule import votes_wanted


@dataclass(frozen=True, kw_only=True, slots=True)
class Blindfold:
    """What of an image is hidden from one viewer."""

    hides_votes: bool
    """Nothing is shown of what others said: their votes, their number, an organiser's ruling."""
    hides_hints: bool
    """Nothing is shown of what the machine saw in the image, nor that it resembles another."""


def blindfold(*, num_wanted: int, has_voted: bool, was_handed: bool, is_settled: bool) -> Blindfold:
    """What is hidden of an image from a viewer who is allowed to look at it. Pure.

    `num_wanted` is how many votes are wanted that the viewer could give one of: none, where they
    had the image as gold.

    The blindfold falls with the viewer's own vote, or when no vote is wanted any more. Until
    then whoever was handed the image sees nothing. Giving the batch back or running out of time
    changes nothing, because the organiser may hand it out again. Who was not handed the image
    may be yet: votes are hidden from them too, until an organiser has settled it.
    """
    if has_voted or num_wanted == 0:
        return Blindfold(hides_votes=False, hides_hints=False)
    return Blindfold(hides_votes=was_handed or not is_settled, hides_hints=was_handed)


def blindfolds_of(viewer: User, images: QuerySet[Image]) -> dict[int, Blindfold]:
    """The viewer's blindfold for each of `images`, by the image's id. One query."""
    of_image = {"image": OuterRef("pk")}
    rows = with_tallies(
        images.annotate(
            is_in_batch=Exists(BatchItem.objects.filter(**of_image)),
            has_voted=Exists(Vote.objects.filter(**of_image, volunteer=viewer)),
            had_as_gold=had_as_gold(viewer, image="pk"),
            was_handed=Exists(
                Assignment.objects.filter(batch__items__image=OuterRef("pk"), volunteer=viewer)
            ),
        )
    ).order_by()
    columns = ("pk", "is_in_batch", "has_voted", "had_as_gold", "was_handed", "ruling", TALLY)
    return {row["pk"]: _blindfold_from(row) for row in rows.values(*columns)}


def images_to_judge(viewer: User, subject: Subject) -> QuerySet[BatchItem, int]:
    """The ids of the subject's images that the viewer was handed and has not voted on, while their
    vote is wanted: those that a blindfold hides the hints of."""
    handed = BatchItem.objects.filter(
        batch__in=Assignment.objects.filter(volunteer=viewer, batch__subject=subject).values(
            "batch"
        )
    ).order_by()
    voted = Vote.objects.filter(image=OuterRef("image"), volunteer=viewer)
    done = [n for n in numbers_that_occur(subject) if votes_wanted(unpacked(n)) == 0]
    over = ImageTally.objects.filter(image=OuterRef("image"), packed__in=done)
    had = had_as_gold(viewer, image="image")
    return handed.filter(~Exists(voted), ~Exists(over), ~had).values_list("image", flat=True)


def is_yet_judged(image: Image) -> bool:
    """Whether votes on the image are wanted still, so that nobody is to be shown an answer."""
    rows = with_tallies(Image.objects.filter(pk=image.pk, batch_item__isnull=False))
    return any(votes_wanted(unpacked(packed)) for packed in rows.values_list(TALLY, flat=True))


def _blindfold_from(row: Mapping[str, Any]) -> Blindfold:
    # Of an image that is in no batch nobody is asked for a vote.
    may_be_asked = row["is_in_batch"] and not row["had_as_gold"]
    return blindfold(
        num_wanted=votes_wanted(unpacked(row[TALLY])) if may_be_asked else 0,
        has_voted=row["has_voted"],
        was_handed=row["was_handed"],
        is_settled=row["ruling"] is not None,
    )
