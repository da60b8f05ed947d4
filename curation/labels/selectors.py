"""Reads of this stage."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Max, Q, QuerySet

from curation.labels.models import SaidElsewhere, Verdict
from curation.subjects.models import Subject


def said_elsewhere(subject: Subject) -> QuerySet[SaidElsewhere]:
    """All labels of the subject's pictures from other tools, by number; one query."""
    rows = SaidElsewhere.objects.filter(image__subject=subject, image__purged_at=None)
    return rows.select_related("image").order_by("image__number", "export")


@dataclass(frozen=True, kw_only=True, slots=True)
class Export:
    """What one export said of a subject's pictures."""

    name: str
    kept: int
    rejected: int
    without_reason: int
    """Of the rejected, those of which it names none."""
    said_at: dt.datetime


def exports_of(subject: Subject) -> list[Export]:
    """The exports that said something of the subject, the newest first. One query."""
    rejected = Q(verdict=Verdict.REJECT)
    rows = SaidElsewhere.objects.filter(image__subject=subject, image__purged_at=None)
    found = (
        rows.order_by()
        .values("export")
        .annotate(
            num_kept=Count("pk", filter=~rejected),
            num_rejected=Count("pk", filter=rejected),
            num_bare=Count("pk", filter=rejected & Q(reasons=[])),
            newest=Max("said_at"),
        )
    )
    return [
        Export(
            name=row["export"],
            kept=row["num_kept"],
            rejected=row["num_rejected"],
            without_reason=row["num_bare"],
            said_at=row["newest"],
        )
        for row in found.order_by("-newest")
    ]
