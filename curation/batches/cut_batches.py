"""Use case: an organiser cuts a subject's new images into numbered batches."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils.translation import gettext_lazy as _

from curation.batches.errors import NothingToCut
from curation.batches.models import Batch, BatchItem, Order
from curation.batches.order import in_order
from curation.batches.selectors import images_in_no_batch
from curation.errors import InvalidInput
from curation.images.models import Image
from curation.projects import log
from curation.projects.access import require
from curation.projects.models import User
from curation.projects.permissions import ORGANISE
from curation.subjects.gate import require_consent
from curation.subjects.models import Act, Subject

DEFAULT_SIZE = 100
LARGEST_SIZE = 1000
"""A batch is opened on the desk in one go, so it has an end."""
ROWS_AT_ONCE = 5000
"""Of one statement: PostgreSQL takes 65,535 values."""


@transaction.atomic
def cut_batches(
    *,
    subject: Subject,
    size: int,
    actor: User | None,
    chosen: QuerySet[Image] | None = None,
    order: Order = Order.NUMBER,
) -> list[Batch]:
    """Put every image that is in no batch into new ones of `size`, in that order.

    Of `chosen`, if only some of the subject's are to be cut; those in a batch stay there.
    The last batch may be smaller. Cutting at the same moment twice gives no image two batches.
    Raises NotAllowed, ConsentMissing, InvalidInput or NothingToCut.
    """
    require(actor, ORGANISE, subject.project)
    if not 1 <= size <= LARGEST_SIZE:
        raise InvalidInput(
            _("A batch has between 1 and %(most)d images.") % {"most": LARGEST_SIZE}, size=size
        )
    # The gate locks the subject, so two organisers who cut at once wait for each other.
    require_consent(subject, Act.CURATE)
    images = images_in_no_batch(subject)
    if chosen is not None:
        images = images.filter(pk__in=chosen.values("pk"))
    image_ids = list(in_order(images, order).values_list("pk", flat=True))
    if not image_ids:
        raise _nothing_to_cut(subject, is_part=chosen is not None)
    parts = [image_ids[start : start + size] for start in range(0, len(image_ids), size)]
    batches = create_batches(subject, parts, actor)
    log.record(
        "batch.cut",
        actor=actor,
        project=subject.project,
        target=subject,
        batches=[batch.number for batch in batches],
        images=len(image_ids),
        **({} if order is Order.NUMBER else {"order": order.value}),
    )
    return batches


def _nothing_to_cut(subject: Subject, *, is_part: bool) -> NothingToCut:
    if is_part:
        return NothingToCut(
            _("Every image that you chose is in a batch already, is settled or is gold."),
            subject=subject.slug,
        )
    return NothingToCut(
        _("Every image of %(subject)s is in a batch already, is settled or is gold.")
        % {"subject": subject.name},
        subject=subject.slug,
    )


def create_batches(subject: Subject, parts: list[list[int]], actor: User | None) -> list[Batch]:
    """One batch for each of `parts`, the keys of images. Call it behind the subject's lock."""
    last = Batch.objects.filter(subject=subject).aggregate(last=Max("number"))["last"] or 0
    batches = Batch.objects.bulk_create(
        Batch(subject=subject, number=number, created_by=actor)
        for number in range(last + 1, last + 1 + len(parts))
    )
    BatchItem.objects.bulk_create(
        (
            BatchItem(batch=batch, image_id=image_id, position=position)
            for batch, image_ids in zip(batches, parts, strict=True)
            for position, image_id in enumerate(image_ids, start=1)
        ),
        batch_size=ROWS_AT_ONCE,
    )
    return batches
