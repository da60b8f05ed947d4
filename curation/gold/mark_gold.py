"""Use case: an organiser says what the right answer to images is, so that people learn by them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from curation.errors import InvalidInput
from curation.gold.models import Gold
from curation.gold.taking import Taken, taken_of
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
def mark_gold(
    *,
    subject: Subject,
    images: QuerySet[Image],
    verdict: Verdict,
    reasons: Sequence[Reason] = (),
    note: str = "",
    to_judge: Iterable[int],
    actor: User | None,
) -> Taken:
    """Make the subject's `images` gold with this answer, in place of an earlier one.

    `to_judge` are the ids of images that the actor was handed and has yet to vote on
    (`consensus.blind.images_to_judge`, a later stage): those are left. Where the answer is the
    same already nothing changes, nor who gave it. The log keeps what it was before. Reasons that
    the manual uses no more may stay where they were the answer, and become none.
    Raises NotAllowed, ConsentMissing, ReasonRequired, ReasonNotUsed or InvalidInput.
    """
    require(actor, ORGANISE, subject.project)
    if verdict is Verdict.UNSURE:
        raise InvalidInput(_("A gold picture is kept or rejected."), verdict=verdict.value)
    answer = (verdict.value, checked_reasons(verdict, reasons), note.strip())
    require_consent(subject, Act.CURATE)
    taken = taken_of(subject, images, to_judge)
    before = answers_on(taken)
    changed = [pk for pk in taken.numbers if before.get(pk) != answer]
    if not changed:
        return taken
    if any(pk not in before or before[pk][1] != answer[1] for pk in changed):
        require_used_now(answer[1], project=subject.project)
    _store(changed, answer, actor)
    log.record(
        "gold.mark",
        actor=actor,
        project=subject.project,
        target=subject,
        verdict=answer[0],
        reasons=answer[1],
        note=answer[2],
        images=len(changed),
        numbers=spans([taken.numbers[pk] for pk in changed]),
        before=[[taken.numbers[pk], *before[pk]] for pk in changed if pk in before],
    )
    return taken


def _store(images: Iterable[int], answer: tuple[str, str, str], actor: User | None) -> None:
    """Write the answer to images, by their ids, over the one that they had."""
    columns = ("verdict", "reason_codes", "note")
    row = dict(zip(columns, answer, strict=True), marked_by=actor, marked_at=timezone.now())
    Gold.objects.bulk_create(
        (Gold(image_id=pk, **row) for pk in images),
        batch_size=AT_ONCE,
        update_conflicts=True,
        unique_fields=["image"],
        update_fields=list(row),
    )


def answers_on(taken: Taken) -> dict[int, tuple[str, str, str]]:
    """Verdict, reasons and note of those that are gold, by the image's id. One query."""
    rows = Gold.objects.filter(pk__in=list(taken.numbers))
    return {
        pk: (verdict, codes, note)
        for pk, verdict, codes, note in rows.values_list("pk", "verdict", "reason_codes", "note")
    }
