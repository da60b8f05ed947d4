"""One way to read every kind of source."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from django.utils.translation import gettext as _

from curation.errors import InvalidInput
from curation.sources.kinds.bucket import SCHEME, files_in_bucket
from curation.sources.kinds.far import with_packs_fetched
from curation.sources.kinds.film import begins_as_film, film_file
from curation.sources.kinds.folder import files_in_folder, files_of_pack
from curation.sources.kinds.found import FoundFile, in_order
from curation.sources.kinds.packs import with_packs_opened
from curation.sources.kinds.sidecars import with_sidecars
from curation.sources.kinds.unpacking import Unpacking
from curation.sources.kinds.upload import files_in_upload
from curation.sources.kinds.web import files_on_the_web
from curation.sources.models import SourceKind
from curation.sources.places_known import KnownPlaces


def files_of(
    kind: SourceKind, path: str, unpacking: Unpacking, known: Callable[[], KnownPlaces] = dict
) -> list[FoundFile]:
    """The files at `path` and those in packs, in natural order, readable while they lie there; of a
    list of addresses in its order.

    Files far away that came from `known` places carry the image that they became.
    Raises Unusable; Asked when a person must say more about the packs first; and OSError, or an
    error of botocore, when the machine is in trouble.
    """
    match kind:
        case SourceKind.S3:
            found = with_packs_fetched(files_in_bucket(path, known(), unpacking))
            opened = with_packs_opened(found, unpacking, always_named=True)
            return with_sidecars(in_order(opened))
        case SourceKind.URLS:
            found = with_packs_fetched(files_on_the_web(Path(path), known(), unpacking))
            return with_packs_opened(found, unpacking, always_named=True)
        case SourceKind.FOLDER:
            found = files_in_folder(Path(path))
        case SourceKind.FILM:
            found = film_file(Path(path))
        case SourceKind.UPLOAD:
            found = files_in_upload(Path(path))
        case SourceKind.PACK:
            found = files_of_pack(Path(path))
    return with_sidecars(in_order(with_packs_opened(found, unpacking)))


def is_far_away(path: str) -> bool:
    """Whether an import's files lie at no path of this machine."""
    return path.startswith(SCHEME)


def kind_of(path: Path) -> SourceKind:
    """What a path on this machine is. Raises InvalidInput when it is neither folder nor file."""
    if path.is_dir():
        return SourceKind.FOLDER
    if path.is_file():
        return SourceKind.FILM if begins_as_film(path) else SourceKind.PACK
    raise InvalidInput(_("There is no folder, pack or film at %(path)s.") % {"path": path})
