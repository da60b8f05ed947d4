"""What an organiser settled. All other decisions are derived from votes and stored nowhere."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from curation.images.models import Image
from curation.manual.reasons import Reason, split_reasons
from curation.votes.models import Verdict


class Ruling(models.Model):
    """An organiser's last word on an image. Every earlier one is in the action log."""

    image = models.OneToOneField(Image, models.PROTECT, related_name="ruling")
    verdict = models.CharField(
        max_length=6, choices=[(v.value, v.label) for v in (Verdict.KEEP, Verdict.REJECT)]
    )
    reason_codes = models.CharField(max_length=100, blank=True)
    note = models.TextField(blank=True)
    ruled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    """None when the command line settled it."""
    ruled_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(verdict=Verdict.KEEP, reason_codes="")
                | (Q(verdict=Verdict.REJECT) & ~Q(reason_codes="")),
                name="ruling_has_reasons_exactly_when_rejecting",
            ),
        )

    @property
    def reasons(self) -> list[Reason]:
        return split_reasons(self.reason_codes)
