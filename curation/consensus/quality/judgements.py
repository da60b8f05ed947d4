"""What people said of a subject's judged pictures, of all or of evenly many."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import F, QuerySet

from curation.consensus.agreement import Opinion
from curation.consensus.models import Ruling, Told
from curation.images.models import Image
from curation.manual.reasons import split_reasons
from curation.projects.models import Rule
from curation.subjects.models import Subject
from curation.votes.aggregation.stopping import STOPPING, is_watched
from curation.votes.models import ImageTally, Vote
from curation.votes.tallies import numbers_that_occur, unpacked
from curation.votes.voting_rule import votes_wanted

ON_THE_PAGE = 4000
"""So many pictures tell as much as all, to two digits."""
MOST_WATCHED = 20_000
"""So many watched pictures tell enough, and fit into a statement."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Judged:
    """One picture that nobody is asked about any more."""

    opinions: dict[int, Opinion]
    """By the key of who voted, in the order in which they first did; before they were told what
    others think."""
    ruling: Opinion | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Judgements:
    """What quality is told by."""

    pictures: list[Judged]
    one_of: int
    """Every how-manieth picture these are: 1 where they are all."""
    num_judged: int
    """How many pictures two or more have judged, and nobody is asked about any more."""


def judgements_on(subject: Subject, *, at_most: int | None = ON_THE_PAGE) -> Judgements:
    """Votes on pictures that two have judged and that want no further vote.

    So nobody learns of a picture that they may yet judge. Where votes count by their weight, only
    watched pictures: of others a second vote is asked for only where the first was not enough, and
    those who give it would seem to agree less. Seven queries at most; a share of the pictures, by
    their keys, where there are more than `at_most`.
    """
    project = subject.project
    is_weighted = project.rule == Rule.WEIGHTED
    fewest = STOPPING.full_votes if is_weighted else 2
    done = [
        number
        for number in numbers_that_occur(subject)
        if votes_wanted(tally := unpacked(number)) == 0 and tally.total >= fewest
    ]
    tallies = ImageTally.objects.filter(subject=subject, packed__in=done)
    if is_weighted:
        keys = tallies.values_list("image_id", flat=True)
        watched = [key for key in keys if is_watched(str(key), seed=project.watch_seed)]
        tallies = tallies.filter(image__in=watched[:MOST_WATCHED])
    num_judged = tallies.count()
    one_of = 1 if at_most is None else -(-num_judged // at_most) or 1
    if one_of > 1:
        tallies = tallies.annotate(place=F("image_id") % one_of).filter(place=0)
    images = Image.objects.filter(pk__in=tallies.values("image"), purged_at=None)
    return Judgements(pictures=_judged(images), one_of=one_of, num_judged=num_judged)


def _judged(images: QuerySet[Image]) -> list[Judged]:
    opinions: dict[int, dict[int, Opinion]] = defaultdict(dict)
    for rows in (Vote.objects.filter(image__in=images).order_by("pk"), _told(images)):
        columns = "image", "volunteer", "verdict", "reason_codes"
        for image, person, verdict, codes in rows.values_list(*columns):
            opinions[image][person] = Opinion(verdict, tuple(split_reasons(codes)))
    rulings = {
        image: Opinion(verdict, tuple(split_reasons(codes)))
        for image, verdict, codes in Ruling.objects.filter(image__in=images).values_list(
            "image", "verdict", "reason_codes"
        )
    }
    return [
        Judged(opinions=said, ruling=rulings.get(image)) for image, said in sorted(opinions.items())
    ]


def _told(images: QuerySet[Image]) -> QuerySet[Told]:
    """Of those whose vote stands."""
    return Told.objects.filter(image__in=images, image__votes__volunteer=F("volunteer"))
