"""Reads of this stage."""

from __future__ import annotations

from django.db.models import QuerySet

from curation.labels.models import SaidElsewhere
from curation.subjects.models import Subject


def said_elsewhere(subject: Subject) -> QuerySet[SaidElsewhere]:
    """All labels of the subject's pictures from other tools, by number; one query."""
    rows = SaidElsewhere.objects.filter(image__subject=subject, image__purged_at=None)
    return rows.select_related("image").order_by("image__number", "export")
