"""Which places are there to train at."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from training.runs.models import Place

SILENCE = timedelta(seconds=15)
"""A place whose supervisor has said nothing for longer does not count as being at work."""


def is_any_place_at_work() -> bool:
    """Whether somebody would start a waiting run when its turn comes."""
    return Place.objects.filter(seen_at__gt=timezone.now() - SILENCE).exists()
