"""Which pictures of a desk are nearly the same: whoever may say “duplicate” sees of what.

By likeness alone: not which is the better one, and nothing of what anybody said of them.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from curation.batches.models import Batch, BatchItem
from curation.duplicates.models import SaidDistinct
from curation.duplicates.selectors import near_pairs
from curation.gold.models import Kind
from curation.gold.selectors import given_items
from curation.images.models import Image
from curation.projects.models import User


@dataclass(frozen=True, kw_only=True, slots=True)
class Near:
    """What is near on a desk, by its items, and what is near of the subject's other pictures."""

    pairs: list[tuple[int, int]]
    """Items on the desk, each pair once, by their ids."""
    twins: list[tuple[int, Image]]
    """An item and a picture beyond the desk that is nearly the same, by number."""


def images_on_desk(batch: Batch, user: User) -> dict[int, Image]:
    """By the ids of the items on the user's desk, gold like all others. Two queries."""
    items = BatchItem.objects.filter(batch=batch, image__purged_at=None).select_related("image")
    hidden = given_items(Kind.HIDDEN).filter(person=user, lease__batch=batch)
    return {item.pk: item.image for item in items} | {item.pk: item.image for item in hidden}


def near_in(batch: Batch, user: User) -> Near:
    """Likeness among the pictures on a desk and to all others of the subject. Five queries.

    Without what `user` said is distinct, or an organiser.
    """
    item_of = {image.pk: item for item, image in images_on_desk(batch, user).items()}
    ids = item_of.keys()
    rows = near_pairs(batch.subject).filter(Q(first__in=ids) | Q(second__in=ids))
    said = SaidDistinct.objects.filter(volunteer=user, first__in=ids)
    distinct = set(said.values_list("first_id", "second_id"))
    inside, beyond = [], []
    for first, second in sorted(rows.values_list("first_id", "second_id")):
        if (first, second) in distinct:
            continue
        if first in item_of and second in item_of:
            inside.append((item_of[first], item_of[second]))
        elif first in item_of:
            beyond.append((item_of[first], second))
        else:
            beyond.append((item_of[second], first))
    wanted = {image_id for _item, image_id in beyond}
    images = Image.objects.filter(pk__in=wanted, purged_at=None).in_bulk()
    twins = [(item, images[image_id]) for item, image_id in beyond if image_id in images]
    return Near(pairs=inside, twins=sorted(twins, key=lambda twin: (twin[0], twin[1].number)))
