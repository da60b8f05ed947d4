"""Start to import what somebody sent with their browser."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from curation.errors import InvalidInput
from curation.projects.models import User
from curation.sources.add_source import add_source
from curation.sources.film_settings import DEFAULT, FilmSettings
from curation.sources.kinds.upload import Upload
from curation.sources.models import ImportRun, SourceKind
from curation.sources.start_import import start_import
from curation.subjects.models import Subject


@transaction.atomic
def start_upload(
    *,
    subject: Subject,
    label: str,
    licence_note: str,
    upload: Upload,
    actor: User,
    films: FilmSettings = DEFAULT,
) -> ImportRun:
    """Have a worker import an upload, pictures, films and packs, soon; of films what `films` says.

    From here on the import removes the upload when it has ended.
    Raises NotFound, NotAllowed, InvalidInput, ConsentMissing.
    """
    if not upload.names:
        raise InvalidInput(_("Choose pictures, films, a folder or packs first."))
    source = add_source(subject=subject, label=label, licence_note=licence_note, actor=actor)
    return start_import(
        source=source,
        kind=SourceKind.UPLOAD,
        path=upload.folder,
        given_as=_what_was_sent(upload.names),
        actor=actor,
        films=films,
    )


def _what_was_sent(names: list[str]) -> str:
    """The file's or the folder's name, or the first file's and how many more there were."""
    folders = {name.split("/", 1)[0] for name in names}
    if len(folders) == 1:
        return folders.pop()
    return f"{names[0]} + {len(names) - 1}"
