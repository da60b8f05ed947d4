"""Every vote on a subject's images as a table, for whoever wants to look into them elsewhere."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from django.db.models import QuerySet

from curation.consensus.blind import blindfolds_of
from curation.consensus.selectors import decisions_on
from curation.images.models import Image
from curation.projects import log
from curation.projects.access import require
from curation.projects.models import User
from curation.projects.permissions import ORGANISE
from curation.subjects.models import Subject
from curation.votes.models import Vote

COLUMNS = (
    "number",
    "name",
    "decision",
    "settled_by",
    "volunteer",
    "verdict",
    "reasons",
    "manual_version",
    "cast_at",
)
HIDDEN = "hidden"
"""The decision on an image whose votes the reader may not see yet; then nothing else is said."""
IMAGES_AT_ONCE = 500

Row = tuple[str | int, ...]


def export_votes(*, subject: Subject, actor: User) -> Iterator[Row]:
    """Put on record that the votes are taken, and give them. Raises NotAllowed."""
    require(actor, ORGANISE, subject.project)
    log.record("votes.export", actor=actor, project=subject.project, target=subject)
    return votes_table(subject, actor)


def votes_table(subject: Subject, reader: User) -> Iterator[Row]:
    """`COLUMNS`, then a row for each vote, by the images' numbers and as the votes came.

    An image without votes that was settled has a row without one; one that the reader may yet have
    to judge has one that says `HIDDEN`, also when nobody has voted on it. Reads as it goes, six
    queries for every 500 images.
    """
    yield COLUMNS
    images = Image.objects.filter(subject=subject, purged_at=None).order_by("number")
    last = 0
    while True:
        rest = images.filter(number__gt=last)
        numbers = list(rest.values_list("number", flat=True)[:IMAGES_AT_ONCE])
        if not numbers:
            return
        last = numbers[-1]
        yield from _rows_of(rest.filter(number__lte=last), reader)


def _rows_of(images: QuerySet[Image], reader: User) -> Iterator[Row]:
    blindfolds = blindfolds_of(reader, images)
    votes: dict[int, list[Vote]] = defaultdict(list)
    cast = Vote.objects.filter(image__in=images).select_related("volunteer")
    for vote in cast.order_by("cast_at", "pk"):
        votes[vote.image_id].append(vote)
    for decision in decisions_on(images):
        image = (decision.number, decision.name)
        if blindfolds[decision.image_id].hides_votes:
            yield (*image, HIDDEN, "", "", "", "", "", "")
            continue
        ruled_by = str(decision.ruling.ruled_by or "") if decision.ruling else ""
        judged = (*image, decision.outcome.value, ruled_by)
        if decision.ruling and not votes[decision.image_id]:
            yield (*judged, "", "", "", "", "")
        for vote in votes[decision.image_id]:
            reasons = vote.reason_codes.replace(",", " ")
            said = (vote.volunteer.username, vote.verdict, reasons, vote.manual_version)
            yield (*judged, *said, vote.cast_at.isoformat())
