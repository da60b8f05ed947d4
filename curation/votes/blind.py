"""Whoever is to judge an image is not told what others, or the machine, think of it."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, QuerySet

from curation.batches.models import Assignment
from curation.images.models import Image
from curation.projects.models import User
from curation.votes.models import Vote
from curation.votes.tallies import TALLY, tally_from, with_tallies
from curation.votes.voting_rule import votes_wanted


def still_to_judge(viewer: User, images: QuerySet[Image]) -> set[int]:
    """The ids of those of `images` that the viewer was handed and has yet to judge. One query.

    Giving the batch back or running out of time does not lift the blindfold: the organiser may
    hand it out again. It falls with the viewer's own vote, or when no vote is wanted any more.
    """
    handed = Assignment.objects.filter(batch__items__image=OuterRef("pk"), volunteer=viewer)
    voted = Vote.objects.filter(image=OuterRef("pk"), volunteer=viewer)
    rows = with_tallies(images.filter(Exists(handed), ~Exists(voted))).order_by()
    return {row["pk"] for row in rows.values("pk", *TALLY) if votes_wanted(tally_from(row))}
