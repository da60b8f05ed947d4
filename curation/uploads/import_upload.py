"""Use case: import what has arrived of an upload."""

from __future__ import annotations

from django.db import transaction

from curation.projects.models import User
from curation.sources.film_settings import DEFAULT, FilmSettings
from curation.sources.kinds.upload import SentFile, Upload
from curation.sources.models import ImportRun
from curation.sources.start_upload import start_upload
from curation.uploads.models import OpenUpload


@transaction.atomic
def import_upload(
    *,
    upload: OpenUpload,
    label: str,
    licence_note: str,
    actor: User,
    films: FilmSettings = DEFAULT,
    split_folders: bool = False,
) -> list[ImportRun]:
    """Have a worker import the files, soon. Those that did not arrive whole become problems.

    From here on the imports remove the upload. Killed before the end, this has changed nothing.
    Raises NotFound, NotAllowed, InvalidInput, ConsentMissing.
    """
    files = [
        SentFile(file=str(file.pk), path=file.path, size=file.length)
        for file in upload.files.order_by("pk")
    ]
    sent = Upload(upload.folder, files)
    if files:
        sent.list_anew(files)
    runs = start_upload(
        subject=upload.subject,
        label=label,
        licence_note=licence_note,
        upload=sent,
        actor=actor,
        films=films,
        split_folders=split_folders,
    )
    upload.delete()
    return runs
