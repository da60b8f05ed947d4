"""Use case: an organiser adds a picture that shows what the subject looks like."""

from __future__ import annotations

from django.db import transaction

from curation import store
from curation.projects import log
from curation.projects.access import require
from curation.projects.models import User
from curation.projects.permissions import ORGANISE
from curation.subjects.gate import require_consent
from curation.subjects.models import Act, Portrait, Subject
from curation.subjects.served_copy import served_copy


def add_portrait(
    *, subject: Subject, data: bytes, name: str, caption: str = "", actor: User | None
) -> Portrait:
    """Add a portrait from an uploaded file called `name`. The same picture again adds nothing.

    Raises NotAllowed, ConsentMissing, UnusablePicture.
    """
    require(actor, ORGANISE, subject.project)
    # Before the transaction: decoding takes a while, and SQLite lets only one writer in.
    copy = served_copy(data, name=name)
    with transaction.atomic():
        require_consent(subject, Act.CURATE)
        digest = store.put(copy)
        portrait, added = Portrait.objects.get_or_create(
            subject=subject, sha256=digest, defaults={"caption": caption.strip()}
        )
        if added:
            log.record(
                "subject.add_portrait",
                actor=actor,
                project=subject.project,
                target=subject,
                portrait=portrait.pk,
                sha256=digest,
            )
    return portrait
