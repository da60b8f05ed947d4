"""Use case: an admin puts on record what a subject agreed to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from curation import store
from curation.errors import InvalidInput
from curation.projects import log
from curation.projects.access import require
from curation.projects.days import today_in
from curation.projects.models import User
from curation.projects.permissions import ADMINISTER
from curation.subjects.evidence import check_evidence
from curation.subjects.models import Act, Basis, Consent, Subject


def record_consent(
    *,
    subject: Subject,
    basis: Basis,
    acts: Collection[Act],
    signed_by: str,
    evidence: bytes,
    evidence_name: str,
    valid_from: dt.date,
    valid_until: dt.date | None = None,
    actor: User,
) -> Consent:
    """Record a consent with its evidence. It is never edited afterwards, only withdrawn.

    `valid_until` is the last day on which it holds; None means until withdrawn. Both days are
    days of the project's time zone.
    Raises NotAllowed, InvalidInput, UnusableEvidence.
    """
    require(actor, ADMINISTER, subject.project)
    _check(acts, signed_by, valid_from, valid_until, today_in(subject.project))
    name = check_evidence(evidence, name=evidence_name)
    digest = store.put(evidence)
    with transaction.atomic():
        consent = Consent.objects.create(
            subject=subject,
            basis=basis,
            covers_curate=Act.CURATE in acts,
            covers_train=Act.TRAIN in acts,
            covers_publish=Act.PUBLISH in acts,
            signed_by=signed_by.strip(),
            evidence_sha256=digest,
            evidence_name=name,
            valid_from=valid_from,
            valid_until=valid_until,
            recorded_by=actor,
        )
        log.record(
            "consent.record",
            actor=actor,
            project=subject.project,
            target=f"{subject.slug} / consent {consent.pk}",
            basis=basis.value,
            acts=[act.value for act in consent.acts],
            evidence_sha256=digest,
            valid_from=valid_from.isoformat(),
            valid_until=valid_until.isoformat() if valid_until else None,
        )
    return consent


def _check(
    acts: Collection[Act],
    signed_by: str,
    valid_from: dt.date,
    valid_until: dt.date | None,
    today: dt.date,
) -> None:
    if not acts:
        raise InvalidInput(_("Say what the consent covers."))
    if not signed_by.strip():
        raise InvalidInput(_("Say who signed the consent."))
    if valid_until is None:
        return
    if valid_until < valid_from:
        raise InvalidInput(_("The consent would end before it begins."))
    if valid_until < today:
        raise InvalidInput(_("This consent has already expired."))
