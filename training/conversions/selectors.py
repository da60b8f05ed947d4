"""Reads of this stage."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from curation.subjects.models import Subject
from training.conversions.models import Conversion
from training.runs.models import Run


def conversions_of(run: Run) -> QuerySet[Conversion]:
    """What was made with the run's checkpoints, the newest first."""
    return Conversion.objects.filter(run=run).select_related("started_by").order_by("-id")


def conversions_from(subject: Subject) -> QuerySet[Conversion]:
    """Everything that was made with what was learnt from the subject's pictures."""
    either = Q(run__release_a__subject=subject) | Q(run__release_b__subject=subject)
    return (
        Conversion.objects.filter(either)
        .select_related(
            "run__project", "run__release_a__subject", "run__release_b__subject", "started_by"
        )
        .order_by("-id")
    )
