"""The one gate: may this act be done with this subject's pictures, now?"""

from __future__ import annotations

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from curation.errors import Refused
from curation.projects.days import EARLIEST, LATEST, DayIn
from curation.subjects.models import Act, Consent, Subject


class ConsentMissing(Refused):
    """No consent in force covers the act. Nothing was done."""

    code, status = "consent_missing", 409


def in_force() -> Q:
    """The condition on a consent to be neither withdrawn, nor expired, nor yet to begin.

    Its days are those of its project. On most days the whole world agrees with it, and no zone
    need be asked.
    """
    now = timezone.now()
    first, last = (now + EARLIEST).date(), (now + LATEST).date()
    today = DayIn(now, F("subject__project__time_zone"))
    has_begun = Q(valid_from__lte=first) | Q(valid_from__lte=today)
    not_over = Q(valid_until=None) | Q(valid_until__gte=last) | Q(valid_until__gte=today)
    return has_begun & not_over & Q(withdrawn_at=None)


def consents_in_force(subject: Subject) -> QuerySet[Consent]:
    """The subject's consents that hold today."""
    return Consent.objects.filter(in_force(), subject=subject)


def is_covered(subject: Subject, act: Act) -> bool:
    """Whether a consent in force covers `act` at this moment."""
    return consents_in_force(subject).filter(**{f"covers_{act.value}": True}).exists()


def covered(act: Act, *, subject: str = "pk") -> Exists:
    """The same as `is_covered`, as a condition inside a query of many rows.

    `subject` is the path from the row to its subject: `Image.objects.filter(covered(Act.CURATE,
    subject="subject"))`.
    """
    return Exists(
        Consent.objects.filter(
            in_force(), subject=OuterRef(subject), **{f"covers_{act.value}": True}
        )
    )


def require_consent(subject: Subject, act: Act) -> Subject:
    """Let `act` pass or refuse it; call it inside the transaction that does the act.

    Locks the subject's row, as a withdrawal does, so that the two cannot cross: an act that got
    through here is finished before a withdrawal is recorded. Returns the locked row.
    Raises ConsentMissing.
    """
    locked = Subject.objects.select_for_update().get(pk=subject.pk)
    if not is_covered(locked, act):
        raise ConsentMissing(
            _(
                "No consent in force for %(subject)s covers “%(act)s”. "
                "Record one on the subject's consent page first."
            )
            % {"subject": locked.name, "act": act.label},
            subject=locked.slug,
            act=act.value,
        )
    return locked
