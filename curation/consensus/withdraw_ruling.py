"""Use case: an organiser takes their ruling back, so that the votes decide again."""

from __future__ import annotations

from django.db import transaction

from curation.batches.lock import lock_subject
from curation.consensus.models import Ruling
from curation.consensus.settle import ruled_meanwhile
from curation.images.models import Image
from curation.projects import log
from curation.projects.access import require
from curation.projects.models import User
from curation.projects.permissions import ORGANISE


@transaction.atomic
def withdraw_ruling(*, image: Image, actor: User | None, unless_by_others: bool = False) -> None:
    """Remove the ruling on the image. Where there is none, nothing happens.

    `unless_by_others`: the actor has seen no ruling of anybody else's.
    Raises NotAllowed or RuledMeanwhile.
    """
    require(actor, ORGANISE, image.subject.project)
    lock_subject(image.subject_id)
    ruling = Ruling.objects.filter(image=image).first()
    if ruling is None:
        return
    if unless_by_others and ruling.ruled_by != actor:
        raise ruled_meanwhile(image)
    ruling.delete()
    log.record(
        "image.withdraw_ruling",
        actor=actor,
        project=image.subject.project,
        target=f"{image.subject} / {image}",
        before=ruling.verdict,
        reasons=ruling.reason_codes,
        note=ruling.note,
    )
