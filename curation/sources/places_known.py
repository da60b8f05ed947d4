"""Which places of a source need not be asked again, as what lies there is in already."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from curation.sources.models import Provenance, Source


class Place(NamedTuple):
    """A web address, or an object's address with the ETag of its bytes."""

    path: str
    etag: str = ""


@dataclass(frozen=True)
class KnownImage:
    """What came from a place."""

    key: int
    is_purged: bool


KnownPlaces = dict[Place, KnownImage]


def places_known(source: Source) -> KnownPlaces:
    """All places of the source that pictures came from; one query."""
    rows = Provenance.objects.filter(source=source).values_list(
        "path", "etag", "image_id", "image__purged_at"
    )
    return {
        Place(path, etag): KnownImage(image_id, purged_at is not None)
        for path, etag, image_id, purged_at in rows.iterator()
    }
