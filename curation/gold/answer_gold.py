"""Use case: a volunteer says what they think of a gold picture, or changes their mind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from curation.batches.access import too_late
from curation.batches.extend_lease import extend_lease
from curation.batches.models import Assignment
from curation.errors import Refused
from curation.gold.answering import Asked, open_answer, was_answered
from curation.gold.models import GoldAnswer, GoldAnswerEvent, Kind
from curation.manual.judged_by import judged_by
from curation.manual.reasons import Reason
from curation.manual.selectors import current_version
from curation.manual.used_reasons import require_used
from curation.manual.verdicts import Verdict, checked_reasons
from curation.projects.models import Rule, User


def answer_gold(
    *,
    item_id: int,
    person: User,
    kind: Kind,
    verdict: Verdict,
    reasons: Sequence[Reason] = (),
    client_key: UUID,
    picture: str = "",
    manual: int | None = None,
    wanted_at_first: Mapping[Rule, int] | None = None,
) -> GoldAnswer | None:
    """Record the person's answer, in place of an earlier one of theirs; the history keeps both.

    In all that can be seen of it this is what casting a vote is: sent twice it changes nothing,
    it moves the end of the lease on, and None is an old act sent again after its answer was taken
    back. At practice the first answer stays. `wanted_at_first` is how many votes are wanted on a
    picture that nobody has judged, by the project's rule: late, and with so many others who hold
    the batch, it is refused.
    Raises NotFound, NotAssigned, BatchClosed, LeaseExpired, ConsentMissing, OtherPicture,
    ReasonRequired, ReasonNotUsed or InvalidInput.
    """
    said = (verdict.value, checked_reasons(verdict, reasons))
    try:
        with transaction.atomic():
            asked = open_answer(item_id, person, picture, kind)
            project = asked.item.image.subject.project
            version = judged_by(current_version(project), manual)
            require_used(said[1], project_id=project.pk, version=version)
            if asked.mine is None and wanted_at_first is not None:
                _require_room(asked.lease, wanted_at_first[Rule(project.rule)])
            answer = _store(asked, (*said, version), client_key)
            _keep_the_batch(asked.lease)
            return answer
    except (Refused, IntegrityError):
        # The database refuses a key that it has seen: `a_gold_act_is_recorded_once`.
        if not was_answered(item_id, person, client_key):
            raise
        return GoldAnswer.objects.filter(image__gold_items=item_id, person=person).first()


def _store(asked: Asked, said_by: tuple[str, str, int], client_key: UUID) -> GoldAnswer:
    """Write the answer and a line of its history, if it says anything new."""
    item = asked.item
    answer = asked.mine or GoldAnswer(image=item.image, person_id=item.person_id, kind=item.kind)
    if asked.mine and item.kind == Kind.PRACTICE:
        return answer
    if (answer.verdict, answer.reason_codes, answer.manual_version) == said_by:
        return answer
    answer.verdict, answer.reason_codes, answer.manual_version = said_by
    answer.cast_at = timezone.now()
    answer.save()
    GoldAnswerEvent.objects.create(
        image=item.image,
        person_id=item.person_id,
        kind=item.kind,
        verdict=answer.verdict,
        reason_codes=answer.reason_codes,
        manual_version=answer.manual_version,
        client_key=client_key,
        at=answer.cast_at,
    )
    return answer


def _require_room(lease: Assignment, num_wanted: int) -> None:
    """Refuse late what a vote on a picture of the batch would be refused. Raises LeaseExpired."""
    now = timezone.now()
    if now < lease.leased_until:
        return
    others = Assignment.objects.filter(
        batch=lease.batch_id,
        returned_at=None,
        leased_until__gt=now,
        volunteer__memberships__project=lease.batch.subject.project_id,
    )
    if others.exclude(volunteer=lease.volunteer_id).count() >= num_wanted:
        raise too_late(batch_number=lease.batch.number, leased_until=lease.leased_until)


def _keep_the_batch(lease: Assignment) -> None:
    if lease.leased_until <= timezone.now():
        return
    extend_lease(
        lease_id=lease.pk,
        leased_until=lease.leased_until,
        granted_until=lease.granted_until,
        voted_at=timezone.now(),
    )
