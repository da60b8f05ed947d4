"""Which machines are there to train on."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from training.runs.models import Machine

SILENCE = timedelta(seconds=15)
"""A machine whose supervisor has said nothing for longer does not count as being at work."""


def is_any_machine_at_work() -> bool:
    """Whether somebody would start a waiting run when its turn comes."""
    return Machine.objects.filter(seen_at__gt=timezone.now() - SILENCE).exists()
