"""Use case: an organiser takes a portrait away."""

from __future__ import annotations

from django.db import transaction

from curation.errors import NotFound
from curation.projects import log
from curation.projects.access import require
from curation.projects.models import User
from curation.projects.permissions import ORGANISE
from curation.subjects.models import Portrait, Subject
from curation.subjects.picture_epoch import raise_epoch_of_subject


@transaction.atomic
def remove_portrait(*, subject: Subject, portrait_id: int, actor: User | None) -> None:
    """Stop showing a portrait. Raises NotAllowed, NotFound."""
    require(actor, ORGANISE, subject.project)
    raise_epoch_of_subject(subject.pk)  # first, so that locks are taken in the order of all acts
    portrait = Portrait.objects.select_for_update().filter(subject=subject, pk=portrait_id).first()
    if portrait is None:
        raise NotFound
    portrait.delete()
    log.record(
        "subject.remove_portrait",
        actor=actor,
        project=subject.project,
        target=subject,
        portrait=portrait_id,
        sha256=portrait.sha256,
    )
