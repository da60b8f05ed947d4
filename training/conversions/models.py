"""Checkpoints applied to pictures or videos."""

from __future__ import annotations

from datetime import timedelta
from pathlib import PurePath

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from curation.jobs import Job
from curation.subjects.models import Subject
from training.runs.models import Run


class Into(models.TextChoices):
    A = "a", _("face of A")
    B = "b", _("face of B")


class Conversion(Job):
    """One input turned into one labelled output by a run's checkpoint."""

    lease = timedelta(seconds=30)

    run = models.ForeignKey(Run, models.PROTECT, related_name="conversions")
    checkpoint_step = models.PositiveIntegerField()
    into = models.CharField(max_length=1, choices=Into)
    """Whose face is put in."""
    input_path = models.TextField()
    output_path = models.TextField()
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    started_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta(Job.Meta):
        ordering = ("-id",)

    @property
    def face(self) -> Subject:
        """The person whose face was put in."""
        side = self.run.release_a if self.into == Into.A else self.run.release_b
        return side.subject

    @property
    def output_name(self) -> str:
        """What was written, without where it lies on the server."""
        return PurePath(self.output_path).name
