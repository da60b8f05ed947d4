"""How much taking a batch's pictures along would weigh on a device."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from curation import store
from curation.batches.models import Batch, BatchItem
from curation.images.derived import Derived

WEIGHED = 24
"""So many pictures are weighed, spread over the batch: a bucket is asked for each by itself."""
GUESSED_BYTES = 200_000
"""What a picture may weigh of which no smaller copy was made yet."""


@dataclass(frozen=True, slots=True)
class Weight:
    """What the smaller copies of a batch's pictures weigh together, about."""

    num_pictures: int
    num_bytes: int


def weight_of(batch: Batch) -> Weight:
    """One query, and a fixed number of questions to the store whatever the batch's size."""
    items = BatchItem.objects.filter(batch=batch, image__purged_at=None).order_by("position")
    digests = list(items.values_list("image__sha256", flat=True))
    step = max(1, len(digests) // WEIGHED)
    each = _mean([_copies_bytes(digest) for digest in digests[::step][:WEIGHED]])
    return Weight(len(digests), round(each * len(digests)))


def _copies_bytes(digest: str) -> int | None:
    sizes = [store.derived_size(digest, kind) for kind in Derived]
    return None if None in sizes else sum(size or 0 for size in sizes)


def _mean(sizes: Collection[int | None]) -> float:
    known = [size for size in sizes if size is not None]
    return sum(known) / len(known) if known else GUESSED_BYTES
