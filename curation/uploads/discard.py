"""Use case: throw away an upload, or one file of it."""

from __future__ import annotations

from django.db import transaction

from curation.sources.kinds.upload import remove
from curation.uploads.models import ArrivingFile, OpenUpload


def discard_upload(*, upload: OpenUpload) -> None:
    """Remove all that has arrived of it.

    Who is killed in between leaves a folder that nobody names, which goes when it is old.
    """
    upload.delete()
    remove(upload.folder)


@transaction.atomic
def discard_file(*, file: ArrivingFile) -> None:
    """Remove one file; the others stay."""
    place = file.place
    file.delete()
    place.unlink(missing_ok=True)


def forget_lost_uploads() -> None:
    """Forget uploads whose folder is gone: removed by age, or never part of a restored backup."""
    for upload in OpenUpload.objects.all():
        if not upload.folder.is_dir():
            upload.delete()
