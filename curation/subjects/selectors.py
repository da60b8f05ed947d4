"""What is read of subjects and of what they agreed to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.utils import timezone

from curation.projects.days import EARLIEST, LATEST, today_in
from curation.projects.models import Project, Role, User
from curation.subjects.consent_state import SOON, ConsentStanding, ConsentState, state_of
from curation.subjects.gate import consents_in_force, covered
from curation.subjects.models import Act, Consent, Portrait, Subject


def subjects_in(projects: Iterable[Project]) -> QuerySet[Subject]:
    """The projects' subjects by name, each with `is_visible`, `portrait_sha256`, `num_look_alikes`.

    `is_visible` says whether a consent in force allows to look at their pictures at all.
    """
    first_portrait = Portrait.objects.filter(subject=OuterRef("pk")).order_by("id")
    return (
        Subject.objects.filter(project__in=list(projects))
        .select_related("project")
        .annotate(
            is_visible=covered(Act.CURATE),
            portrait_sha256=Subquery(first_portrait.values("sha256")[:1]),
            num_look_alikes=Count("look_alikes"),
        )
        .order_by("name", "id")
    )


@dataclass(frozen=True, slots=True)
class StandingConsent:
    consent: Consent
    state: ConsentState


def consents_of(subject: Subject) -> list[StandingConsent]:
    """All consents ever recorded for the subject, newest first, each with how it stands."""
    today = today_in(subject.project)
    rows = Consent.objects.filter(subject=subject).select_related("recorded_by", "withdrawn_by")
    return [StandingConsent(consent, state_of(consent, today)) for consent in rows]


@dataclass(frozen=True, slots=True)
class Coverage:
    act: Act
    is_covered: bool
    until: dt.date | None
    """The last day, if the coverage ends."""


def coverage_of(subject: Subject) -> list[Coverage]:
    """For each act whether a consent in force covers it, and until when."""
    consents = list(consents_in_force(subject))
    coverage = []
    for act in Act:
        ends = [consent.valid_until for consent in consents if act in consent.acts]
        last = None if None in ends else max((end for end in ends if end), default=None)
        coverage.append(Coverage(act, bool(ends), last))
    return coverage


def consents_expiring_soon(user: User) -> list[Consent]:
    """Consents in force that end within 30 days, in the projects that the person administers.

    The first to end comes first.
    """
    ending = (
        Consent.objects.filter(
            withdrawn_at=None,
            valid_until__lte=(timezone.now() + LATEST).date() + SOON,
            valid_until__gte=(timezone.now() + EARLIEST).date(),
            subject__project__memberships__user=user,
            subject__project__memberships__role=Role.ADMIN,
        )
        .select_related("subject__project")
        .order_by("valid_until", "id")
    )
    return [
        consent
        for consent in ending
        if state_of(consent, today_in(consent.subject.project)).standing is ConsentStanding.EXPIRING
    ]
