"""What organisers settled, and who was told what others think. Decisions are stored nowhere."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from curation.images.models import Image
from curation.manual.reasons import Reason, split_reasons
from curation.manual.verdicts import (
    SURE_AND_REASONS_EXACTLY_WHEN_REJECTING,
    SURE_VERDICTS,
    Verdict,
)
from curation.votes.models import Vote


class Ruling(models.Model):
    """An organiser's last word on an image. Every earlier one is in the action log."""

    image = models.OneToOneField(Image, models.PROTECT, related_name="ruling")
    verdict = models.CharField(max_length=6, choices=SURE_VERDICTS)
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
                condition=SURE_AND_REASONS_EXACTLY_WHEN_REJECTING,
                name="ruling_has_reasons_exactly_when_rejecting",
            ),
        )

    @property
    def reasons(self) -> list[Reason]:
        return split_reasons(self.reason_codes)


class Told(models.Model):
    """What a volunteer had said of an image when they were first told what others think of it.

    That vote was their own judgement. What they say after it may not be.
    """

    image = models.ForeignKey(Image, models.PROTECT, related_name="+", db_index=False)
    volunteer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    verdict = models.CharField(max_length=6, choices=Verdict)
    reason_codes = models.CharField(max_length=100, blank=True)
    told_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint("image", "volunteer", name="what_was_said_before_is_kept_once"),
        )

    @property
    def reasons(self) -> list[Reason]:
        return split_reasons(self.reason_codes)

    def differs_from(self, vote: Vote) -> bool:
        """Whether the same person says something else now."""
        return (self.verdict, self.reason_codes) != (vote.verdict, vote.reason_codes)
