"""What a volunteer finds on their desk: a batch's pictures, the gold hidden among them, and their
own votes, nobody else's."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from django.db.models import F, QuerySet

from curation.analysis.face_box import FaceBox, face_box
from curation.batches.models import Batch, BatchItem
from curation.gold.models import GoldAnswer, Kind
from curation.gold.selectors import given_items, had_as_gold
from curation.images.models import Image
from curation.projects.models import User
from curation.votes.models import Vote
from curation.votes.tallies import TALLY, unpacked, with_tallies
from curation.votes.voting_rule import votes_wanted


@dataclass(frozen=True, kw_only=True, slots=True)
class DeskItem:
    """One picture on the desk. Nothing in it tells whether it is gold."""

    item_id: int
    position: int
    """Its place among all that lies on this desk, from 1."""
    image: Image
    mine: Vote | GoldAnswer | None
    faces: tuple[FaceBox, ...]
    """All that were found, from left to right: whose face is meant is for the person to say."""
    is_open: bool
    """Whether a vote of this person would be taken: a first one that is wanted, or a change.

    It is all that the desk shows of others: not what they said, nor how many they are. What the
    person had as gold before is shown as what others have judged already.
    """


def desk_items(batch: Batch, user: User) -> list[DeskItem]:
    """The batch's pictures in order with the user's hidden gold among them, as they may see them.

    Four queries, whatever its size.
    """
    return _woven(pictures_of(batch, user), _gold_of(batch, user))


def pictures_of(batch: Batch, user: User) -> list[DeskItem]:
    """The batch's own pictures in order, as `user` may see them. Two queries, whatever its size.

    The faces are those of the analysis, so that the desk can show one large. All of them, in an
    order that says nothing: not which is the largest, nor which the machine takes for the subject.
    """
    votes = Vote.objects.filter(image__batch_item__batch=batch, volunteer=user)
    given = {vote.image_id: vote for vote in votes}
    items = (
        BatchItem.objects.filter(batch=batch, image__purged_at=None)
        .select_related("image")
        .annotate(had_as_gold=had_as_gold(user, image="image"))
    )
    with_counts = with_tallies(items, image="image")
    found = []
    for position, (item, faces) in enumerate(_with_faces(with_counts, "position"), start=1):
        mine = given.get(item.image_id)
        wanted = votes_wanted(unpacked(getattr(item, TALLY)))
        found.append(
            DeskItem(
                item_id=item.pk,
                position=position,
                image=item.image,
                mine=mine,
                is_open=mine is not None or (wanted > 0 and not item.had_as_gold),
                faces=faces,
            )
        )
    return found


def _gold_of(batch: Batch, user: User) -> list[DeskItem]:
    """The gold that is hidden among them, at its places. Two queries."""
    items = given_items(Kind.HIDDEN).filter(person=user, lease__batch=batch)
    found = list(_with_faces(items, "place"))
    images = [item.image_id for item, _faces in found]
    mine = {
        answer.image_id: answer
        for answer in GoldAnswer.objects.filter(person=user, image__in=images)
    }
    return [
        DeskItem(
            item_id=item.pk,
            position=item.place,
            image=item.image,
            mine=mine.get(item.image_id),
            is_open=True,
            faces=faces,
        )
        for item, faces in found
    ]


def _woven(pictures: Sequence[DeskItem], gold: Sequence[DeskItem]) -> list[DeskItem]:
    """All in one row, each gold picture at the place that it was given, and numbered anew."""
    row: list[DeskItem] = []
    waiting = list(reversed(gold))
    for picture in pictures:
        while waiting and waiting[-1].position <= len(row) + 1:
            row.append(waiting.pop())
        row.append(picture)
    row += reversed(waiting)  # pictures before them were purged since
    return [replace(each, position=place) for place, each in enumerate(row, start=1)]


_EDGES = ("left", "top", "right", "bottom")
_FROM_THE_LEFT = ("image__analysis__faces__left", "image__analysis__faces__top")


def _with_faces(items: QuerySet[Any], order: str) -> Iterable[tuple[Any, tuple[FaceBox, ...]]]:
    """Each item with the faces in its image, from one row for each face, or one without any."""
    faces = {f"face_{edge}": F(f"image__analysis__faces__{edge}") for edge in _EDGES}
    rows = items.order_by(order, *_FROM_THE_LEFT).annotate(**faces)
    for _, of_one in groupby(rows, key=lambda item: item.pk):
        same = list(of_one)
        boxes = (_face_in(row) for row in same if row.face_left is not None)
        yield same[0], tuple(boxes)


def _face_in(row: Any) -> FaceBox:
    box = (row.face_left, row.face_top, row.face_right, row.face_bottom)
    return face_box(box, width=row.image.width, height=row.image.height)
