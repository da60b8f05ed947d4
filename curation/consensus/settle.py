"""Use case: an organiser has the last word on an image, contested or not."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from curation.consensus.models import Ruling
from curation.errors import InvalidInput, NotFound
from curation.images.models import Image
from curation.manual.reasons import Reason
from curation.projects import log
from curation.projects.access import require
from curation.projects.models import User
from curation.projects.permissions import ORGANISE
from curation.subjects.gate import require_consent
from curation.subjects.models import Act
from curation.votes.checked_reasons import checked_reasons
from curation.votes.models import Verdict


@transaction.atomic
def settle(
    *,
    image: Image,
    verdict: Verdict,
    reasons: Sequence[Reason] = (),
    note: str = "",
    actor: User | None,
) -> Ruling:
    """Keep or reject the image whatever the votes say, in place of an earlier ruling.

    The votes stay as they are; the log keeps what was ruled before.
    Raises NotAllowed, ConsentMissing, NotFound, ReasonRequired or InvalidInput.
    """
    require(actor, ORGANISE, image.subject.project)
    if verdict is Verdict.UNSURE:
        raise InvalidInput(_("A ruling keeps or rejects."), verdict=verdict.value)
    reason_codes = checked_reasons(verdict, reasons)
    require_consent(image.subject, Act.CURATE)
    if not Image.objects.filter(pk=image.pk, purged_at=None).exists():
        raise NotFound
    before = Ruling.objects.filter(image=image).first()
    ruling, _created = Ruling.objects.update_or_create(
        image=image,
        defaults={
            "verdict": verdict,
            "reason_codes": reason_codes,
            "note": note.strip(),
            "ruled_by": actor,
            "ruled_at": timezone.now(),
        },
    )
    log.record(
        "image.settle",
        actor=actor,
        project=image.subject.project,
        target=f"{image.subject} / {image}",
        verdict=verdict.value,
        reasons=reason_codes,
        note=ruling.note,
        before=before.verdict if before else None,
    )
    return ruling
