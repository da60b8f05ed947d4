"""What organisers answered when somebody was proposed as a look-alike."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from curation.images.models import Image
from curation.subjects.models import LookAlike, Subject


class ProposalAnswer(models.Model):
    """A picture of somebody who was proposed: whoever looks like them is not proposed again."""

    image = models.OneToOneField(Image, models.CASCADE, primary_key=True, related_name="+")
    subject = models.ForeignKey(Subject, models.CASCADE, related_name="+")
    look_alike = models.ForeignKey(
        LookAlike, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    """Whom it became; None where the proposal was dismissed."""
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    answered_at = models.DateTimeField()
