"""Use case: begin to send files for a subject, or go on with it."""

from __future__ import annotations

import secrets

from django.db import transaction

from curation import store
from curation.projects.access import require
from curation.projects.models import User
from curation.projects.permissions import ORGANISE
from curation.subjects.gate import require_consent
from curation.subjects.models import Act, Subject
from curation.uploads.models import OpenUpload


def open_upload(*, subject: Subject, person: User, num_bytes: int = 0) -> OpenUpload:
    """The person's upload for the subject: the one that is open, else a new one.

    `num_bytes` are about to be sent. Raises NotFound, NotAllowed, ConsentMissing, DiskFull.
    """
    store.require_room(num_bytes)
    with transaction.atomic():
        require(person, ORGANISE, subject.project)
        require_consent(subject, Act.CURATE)
        upload, _is_new = OpenUpload.objects.get_or_create(
            subject=subject, person=person, defaults={"token": secrets.token_hex(16)}
        )
    upload.folder.mkdir(parents=True, exist_ok=True)
    return upload
