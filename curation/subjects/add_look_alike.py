"""Use case: an organiser warns of somebody who is easily taken for the subject."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from curation import store
from curation.errors import InvalidInput
from curation.projects import log
from curation.projects.access import require
from curation.projects.models import User
from curation.projects.permissions import ORGANISE
from curation.subjects.gate import require_consent
from curation.subjects.models import Act, LookAlike, Subject
from curation.subjects.served_copy import served_copy


def add_look_alike(
    *,
    subject: Subject,
    name: str,
    how_to_tell: str,
    data: bytes = b"",
    file_name: str = "",
    actor: User | None,
) -> LookAlike:
    """Add a look-alike with how to tell them apart and, if `data` is given, a picture of them.

    Raises NotAllowed, InvalidInput, UnusablePicture, and ConsentMissing when a picture is
    given while none may be added for this subject.
    """
    require(actor, ORGANISE, subject.project)
    name, how_to_tell = name.strip(), how_to_tell.strip()
    if not name or not how_to_tell:
        raise InvalidInput(_("Say who it is and how to tell them apart."))
    copy = served_copy(data, name=file_name) if data or file_name else b""
    with transaction.atomic():
        if copy:
            require_consent(subject, Act.CURATE)
        digest = store.put(copy) if copy else ""
        look_alike = LookAlike.objects.create(
            subject=subject, name=name, how_to_tell=how_to_tell, sha256=digest
        )
        log.record(
            "subject.add_look_alike",
            actor=actor,
            project=subject.project,
            target=subject,
            look_alike=look_alike.pk,
            name=name,
        )
    return look_alike
