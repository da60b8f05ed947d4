"""Use case: an organiser takes a look-alike's warning away."""

from __future__ import annotations

from django.db import transaction

from curation.errors import NotFound
from curation.projects import log
from curation.projects.access import require
from curation.projects.models import User
from curation.projects.permissions import ORGANISE
from curation.subjects.models import LookAlike, Subject
from curation.subjects.picture_epoch import raise_epoch_of_subject


@transaction.atomic
def remove_look_alike(*, subject: Subject, look_alike_id: int, actor: User | None) -> None:
    """Stop warning of a look-alike. Raises NotAllowed, NotFound."""
    require(actor, ORGANISE, subject.project)
    raise_epoch_of_subject(subject.pk)  # first, so that locks are taken in the order of all acts
    look_alike = (
        LookAlike.objects.select_for_update().filter(subject=subject, pk=look_alike_id).first()
    )
    if look_alike is None:
        raise NotFound
    look_alike.delete()
    log.record(
        "subject.remove_look_alike",
        actor=actor,
        project=subject.project,
        target=subject,
        look_alike=look_alike_id,
        name=look_alike.name,
    )
