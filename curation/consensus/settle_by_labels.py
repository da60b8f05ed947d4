"""Use case: an organiser settles pictures by what was said of them in another tool."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from curation.consensus.models import Ruling
from curation.consensus.settle_many import settle_many
from curation.images.models import Image
from curation.labels.models import SaidElsewhere
from curation.manual.reasons import Reason
from curation.manual.verdicts import Verdict
from curation.projects.access import require
from curation.projects.models import User
from curation.projects.permissions import ORGANISE
from curation.subjects.gate import require_consent
from curation.subjects.models import Act, Subject

AT_ONCE = 1000


@dataclass(frozen=True, kw_only=True, slots=True)
class SettledByLabels:
    """What became of an export's labels."""

    kept: int
    rejected: int
    without_reason: int
    """Rejections that name no reason, where none was given for them: left as they were."""
    settled_before: int
    """Pictures that an organiser had settled already: their word stands."""


@transaction.atomic
def settle_by_labels(
    *, subject: Subject, export: str, reason: Reason | None = None, actor: User | None
) -> SettledByLabels:
    """Settle every picture that the export says something of and nobody has settled.

    Whoever asks has the last word on them by name, as if they had looked at each. `reason` is for
    rejections that name none. Raises NotAllowed, ConsentMissing, ReasonNotUsed.
    """
    require(actor, ORGANISE, subject.project)
    require_consent(subject, Act.CURATE)
    said = SaidElsewhere.objects.filter(
        export=export, image__subject=subject, image__purged_at=None
    )
    settled = set(Ruling.objects.filter(image__subject=subject).values_list("image", flat=True))
    groups: dict[tuple[Verdict, tuple[Reason, ...]], list[int]] = defaultdict(list)
    settled_before = without_reason = 0
    for image_id, verdict, codes in said.values_list("image_id", "verdict", "reasons"):
        reasons = tuple(Reason(code) for code in codes)
        if verdict == Verdict.REJECT and not reasons and reason is not None:
            reasons = (reason,)
        if image_id in settled:
            settled_before += 1
        elif verdict == Verdict.REJECT and not reasons:
            without_reason += 1
        else:
            groups[Verdict(verdict), reasons].append(image_id)
    for (verdict, reasons), image_ids in sorted(groups.items()):
        _settle(subject, image_ids, verdict, reasons, actor)
    return SettledByLabels(
        kept=sum(len(ids) for (verdict, _), ids in groups.items() if verdict is Verdict.KEEP),
        rejected=sum(len(ids) for (verdict, _), ids in groups.items() if verdict is Verdict.REJECT),
        without_reason=without_reason,
        settled_before=settled_before,
    )


def _settle(
    subject: Subject,
    image_ids: list[int],
    verdict: Verdict,
    reasons: Sequence[Reason],
    actor: User | None,
) -> None:
    for start in range(0, len(image_ids), AT_ONCE):
        images = Image.objects.filter(pk__in=image_ids[start : start + AT_ONCE])
        settle_many(subject=subject, images=images, verdict=verdict, reasons=reasons, actor=actor)
