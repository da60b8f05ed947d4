"""One way to read every kind of source."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.utils.translation import gettext as _

from curation.errors import InvalidInput
from curation.sources.kinds.folder import files_in_folder
from curation.sources.kinds.found import FoundFile
from curation.sources.kinds.upload import files_in_upload
from curation.sources.kinds.zip_file import files_in_zip
from curation.sources.models import SourceKind


@contextmanager
def files_of(kind: SourceKind, path: Path) -> Iterator[list[FoundFile]]:
    """The files at `path`, in natural order, readable while the context lasts. Raises Unusable."""
    match kind:
        case SourceKind.FOLDER:
            yield files_in_folder(path)
        case SourceKind.UPLOAD:
            yield files_in_upload(path)
        case SourceKind.ZIP:
            with files_in_zip(path) as files:
                yield files


def kind_of(path: Path) -> SourceKind:
    """What a path on this machine is. Raises InvalidInput when it is neither folder nor zip."""
    if path.is_dir():
        return SourceKind.FOLDER
    if path.is_file():
        return SourceKind.ZIP
    raise InvalidInput(_("There is no folder or zip file at %(path)s.") % {"path": path})
