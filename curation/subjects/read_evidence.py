"""Use case: an admin reads the paper that a consent rests on."""

from __future__ import annotations

from typing import IO

from django.db import transaction

from curation import store
from curation.projects import log
from curation.projects.access import require
from curation.projects.models import User
from curation.projects.permissions import ADMINISTER
from curation.subjects.models import Consent


@transaction.atomic
def read_evidence(*, consent: Consent, actor: User) -> IO[bytes]:
    """The evidence, opened for reading. The log says who read whose, before a byte is given.

    Raises NotAllowed, NotFound.
    """
    require(actor, ADMINISTER, consent.subject.project)
    log.record(
        "consent.read_evidence",
        actor=actor,
        project=consent.subject.project,
        target=f"{consent.subject} / consent {consent.pk}",
    )
    return store.open_object(consent.evidence_sha256)
