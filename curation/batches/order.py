"""In which order pictures are cut into batches, by what says nothing of any one of them.

The order in which pictures come is a hint: where suspects came first, people would know. So none of
these looks at what the machine found.
"""

from __future__ import annotations

from django.db.models import (
    BigIntegerField,
    Case,
    Count,
    ExpressionWrapper,
    F,
    FilteredRelation,
    FloatField,
    Q,
    QuerySet,
    TextField,
    Value,
    When,
    Window,
)
from django.db.models.functions import MD5, Coalesce, Concat, RowNumber

from curation.batches.models import Order
from curation.images.models import Image


def in_order(images: QuerySet[Image], order: Order) -> QuerySet[Image]:
    """The images of one subject in that order, always the same for the same images.

    Mixed, each stretch of it has of every source its share, and which of a source's pictures come
    first follows from their bytes, scattered anew for each subject.
    """
    if order is Order.NUMBER:
        return images.order_by("number")
    numbered = FilteredRelation("provenances", condition=Q(provenances__is_first=True))
    placed = images.annotate(
        numbered=numbered, of_source=Coalesce("numbered__source", Value(0, BigIntegerField()))
    )
    if order is Order.TIME:
        film = Case(
            When(numbered__frame__gt=0, then=F("numbered__path")),
            default=Value("", TextField()),
        )
        at = Coalesce("numbered__milliseconds", Value(0, BigIntegerField()))
        return placed.order_by("of_source", film, at, "number")
    scattered = placed.annotate(lot=MD5(Concat(F("subject"), Value(" "), F("sha256"))))
    nth = Window(RowNumber(), partition_by=F("of_source"), order_by="lot")
    of_how_many = Window(Count("pk"), partition_by=F("of_source"))
    share = ExpressionWrapper((nth - 0.5) / of_how_many, output_field=FloatField())
    return scattered.annotate(share=share).order_by("share", "lot")
