"""One way to read every kind of source."""

from __future__ import annotations

from pathlib import Path

from django.utils.translation import gettext as _

from curation.errors import InvalidInput
from curation.sources.kinds.film import begins_as_film, film_file
from curation.sources.kinds.folder import files_in_folder, files_of_pack
from curation.sources.kinds.found import FoundFile
from curation.sources.kinds.packs import with_packs_opened
from curation.sources.kinds.unpacking import Unpacking
from curation.sources.kinds.upload import files_in_upload
from curation.sources.models import SourceKind


def files_of(kind: SourceKind, path: Path, unpacking: Unpacking) -> list[FoundFile]:
    """The files at `path` and those in packs, in natural order, readable while they lie there.

    Raises Unusable; Asked when a person must say more about the packs first; and OSError when the
    machine is in trouble.
    """
    match kind:
        case SourceKind.FOLDER:
            found = files_in_folder(path)
        case SourceKind.FILM:
            found = film_file(path)
        case SourceKind.UPLOAD:
            found = files_in_upload(path)
        case SourceKind.PACK:
            found = files_of_pack(path)
    return with_packs_opened(found, unpacking)


def kind_of(path: Path) -> SourceKind:
    """What a path on this machine is. Raises InvalidInput when it is neither folder nor file."""
    if path.is_dir():
        return SourceKind.FOLDER
    if path.is_file():
        return SourceKind.FILM if begins_as_film(path) else SourceKind.PACK
    raise InvalidInput(_("There is no folder, pack or film at %(path)s.") % {"path": path})
