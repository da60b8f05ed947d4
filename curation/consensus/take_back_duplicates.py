"""Use case: an organiser takes back that images are duplicates."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction

from curation.consensus.models import Ruling
from curation.consensus.withdraw_ruling import withdraw_ruling
from curation.manual.reasons import Reason
from curation.manual.verdicts import Verdict
from curation.projects.access import require
from curation.projects.models import User
from curation.projects.permissions import ORGANISE
from curation.subjects.models import Subject


@transaction.atomic
def take_back_duplicates(
    *, subject: Subject, numbers: Collection[int], actor: User | None
) -> list[int]:
    """Withdraw the rulings that reject these images as duplicates and nothing else; their numbers.

    Rulings for other reasons stay. Raises NotFound, NotAllowed.
    """
    require(actor, ORGANISE, subject.project)
    rulings = Ruling.objects.filter(
        image__subject=subject,
        image__number__in=numbers,
        verdict=Verdict.REJECT,
        reason_codes=Reason.DUPLICATE,
    )
    images = [ruling.image for ruling in rulings.select_related("image__subject__project")]
    for image in images:
        withdraw_ruling(image=image, actor=actor)
    return sorted(image.number for image in images)
