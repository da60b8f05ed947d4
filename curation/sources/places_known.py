"""Which places of a source need not be asked again, as what lies there is in already."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from curation.sources.film_settings import FilmSettings
from curation.sources.models import FetchedWhole, Provenance, Source


class Place(NamedTuple):
    """A web address, or an object's address with the ETag of its bytes."""

    path: str
    etag: str = ""


@dataclass(frozen=True)
class Known:
    """What came from a place: a picture, or all that is in a pack or film."""

    image: int | None = None
    """Key of the picture; None for a pack or film."""
    is_purged: bool = False


KnownPlaces = dict[Place, Known]
NEW = Known()


def places_known(source: Source, films: FilmSettings) -> KnownPlaces:
    """All places of the source that pictures came from, and the packs and films of which all is in
    as `films` has it; two queries."""
    rows = Provenance.objects.filter(source=source, frame=0).values_list(
        "path", "etag", "image_id", "image__purged_at"
    )
    known = {
        Place(path, etag): Known(image_id, purged_at is not None)
        for path, etag, image_id, purged_at in rows.iterator()
    }
    whole = FetchedWhole.objects.filter(
        import_run__source=source,
        import_run__film_every=films.every,
        import_run__film_min_face=films.min_face,
        import_run__film_subject_only=films.subject_only,
    )
    return known | {Place(*each): Known() for each in whole.values_list("path", "etag")}
