"""Use case: an organiser has the last word on an image, contested or not."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from curation.consensus.models import Ruling
from curation.errors import Conflict, InvalidInput, NotFound
from curation.images.models import Image
from curation.manual.reasons import Reason
from curation.manual.used_reasons import require_used_now
from curation.manual.verdicts import Verdict, checked_reasons
from curation.projects import log
from curation.projects.access import require
from curation.projects.models import User
from curation.projects.permissions import ORGANISE
from curation.subjects.gate import require_consent
from curation.subjects.models import Act


class RuledMeanwhile(Conflict):
    """Another organiser has ruled on the image, and whoever rules now has not seen it."""

    code = "ruled_meanwhile"


def ruled_meanwhile(image: Image) -> RuledMeanwhile:
    return RuledMeanwhile(
        _("Somebody else has settled this picture meanwhile. Open it to overrule them."),
        number=image.number,
    )


@transaction.atomic
def settle(
    *,
    image: Image,
    verdict: Verdict,
    reasons: Sequence[Reason] = (),
    note: str = "",
    actor: User | None,
    unless_by_others: bool = False,
    is_put_back: bool = False,
) -> Ruling:
    """Keep or reject the image whatever the votes say, in place of an earlier ruling.

    The votes stay as they are; the log keeps what was ruled before. Who rules the same once more
    changes nothing. `unless_by_others`: in place of nobody else's ruling that says otherwise.
    `is_put_back`: it stood before, and may name what the manual uses no more.
    Raises NotAllowed, ConsentMissing, NotFound, ReasonRequired, ReasonNotUsed, InvalidInput or
    RuledMeanwhile.
    """
    require(actor, ORGANISE, image.subject.project)
    if verdict is Verdict.UNSURE:
        raise InvalidInput(_("A ruling keeps or rejects."), verdict=verdict.value)
    reason_codes = checked_reasons(verdict, reasons)
    require_consent(image.subject, Act.CURATE)
    if not Image.objects.filter(pk=image.pk, purged_at=None).exists():
        raise NotFound
    before = Ruling.objects.filter(image=image).first()
    said = {"verdict": verdict.value, "reason_codes": reason_codes, "note": note.strip()}
    if before and _stands_already(before, said, actor, unless_by_others=unless_by_others):
        return before
    if not is_put_back and (before is None or before.reason_codes != reason_codes):
        require_used_now(reason_codes, project=image.subject.project)
    return _store(image, said, actor, before)


def _store(image: Image, said: dict[str, str], actor: User | None, before: Ruling | None) -> Ruling:
    ruling, _created = Ruling.objects.update_or_create(
        image=image, defaults={**said, "ruled_by": actor, "ruled_at": timezone.now()}
    )
    log.record(
        "image.settle",
        actor=actor,
        project=image.subject.project,
        target=f"{image.subject} / {image}",
        verdict=ruling.verdict,
        reasons=ruling.reason_codes,
        note=ruling.note,
        before=before.verdict if before else None,
    )
    return ruling


def _stands_already(
    before: Ruling, said: dict[str, str], actor: User | None, *, unless_by_others: bool
) -> bool:
    """Whether there is nothing to write. Raises RuledMeanwhile where it is not for the actor to."""
    is_mine = before.ruled_by == actor
    is_same = all(getattr(before, field) == value for field, value in said.items())
    if is_same and (is_mine or unless_by_others):
        return True
    if unless_by_others and not is_mine:
        raise ruled_meanwhile(before.image)
    return False
