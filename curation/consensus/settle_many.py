"""Use case: an organiser has the last word on many images at once."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from curation.consensus.models import Ruling
from curation.errors import InvalidInput
from curation.images.models import Image
from curation.images.spans import spans
from curation.manual.reasons import Reason
from curation.manual.used_reasons import require_used_now
from curation.manual.verdicts import Verdict, checked_reasons
from curation.projects import log
from curation.projects.access import require
from curation.projects.models import User
from curation.projects.permissions import ORGANISE
from curation.subjects.gate import require_consent
from curation.subjects.models import Act, Subject

AT_ONCE = 1000


@transaction.atomic
def settle_many(
    *,
    subject: Subject,
    images: QuerySet[Image],
    verdict: Verdict,
    reasons: Sequence[Reason] = (),
    actor: User | None,
) -> int:
    """Keep or reject all of the subject's `images`, whatever the votes say; how many it were.

    As `settle` does for one: votes stay, and the log keeps each earlier ruling that is replaced.
    Raises NotAllowed, ConsentMissing, ReasonRequired, ReasonNotUsed or InvalidInput.
    """
    require(actor, ORGANISE, subject.project)
    if verdict is Verdict.UNSURE:
        raise InvalidInput(_("A ruling keeps or rejects."), verdict=verdict.value)
    reason_codes = checked_reasons(verdict, reasons)
    require_consent(subject, Act.CURATE)
    present = images.filter(subject=subject, purged_at=None).order_by("number")
    numbers = dict(present.values_list("pk", "number"))
    before = Ruling.objects.filter(image__in=present.order_by().values("pk"))
    replaced = sorted(before.values_list("image__number", "verdict", "reason_codes"))
    if sum(codes == reason_codes for _number, _verdict, codes in replaced) < len(numbers):
        require_used_now(reason_codes, project=subject.project)
    now = timezone.now()
    Ruling.objects.bulk_create(
        (
            Ruling(
                image_id=pk,
                verdict=verdict,
                reason_codes=reason_codes,
                ruled_by=actor,
                ruled_at=now,
            )
            for pk in numbers
        ),
        batch_size=AT_ONCE,
        update_conflicts=True,
        unique_fields=["image"],
        update_fields=["verdict", "reason_codes", "note", "ruled_by", "ruled_at"],
    )
    log.record(
        "image.settle_many",
        actor=actor,
        project=subject.project,
        target=subject,
        verdict=verdict.value,
        reasons=reason_codes,
        images=len(numbers),
        numbers=spans(list(numbers.values())),
        before=[[number, verdict, codes] for number, verdict, codes in replaced],
    )
    return len(numbers)
