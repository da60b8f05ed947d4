"""What was said of pictures in another tool, kept beside what people say here."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from curation.images.models import Image


class Verdict(models.TextChoices):
    KEEP = "keep"
    REJECT = "reject"


class SaidElsewhere(models.Model):
    """One picture's label in an export of another tool.

    It is nobody's vote and no ruling: nobody of the project looked at the picture under the
    project's manual, so no decision follows from it by itself, and no page shows it of one picture.
    It measures hints; an organiser may settle pictures by it, and answers for that by name.
    """

    image = models.ForeignKey(Image, models.CASCADE, related_name="said_elsewhere", db_index=False)
    export = models.CharField(max_length=255)
    """The name of the file that it stood in."""
    verdict = models.CharField(max_length=6, choices=Verdict)
    reasons = models.JSONField(default=list, blank=True)
    """Codes of the manual's reasons; may be empty, as other tools need none."""
    said_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint("image", "export", name="an_export_says_one_thing_of_an_image"),
            models.CheckConstraint(
                condition=Q(verdict=Verdict.REJECT) | Q(reasons=[]),
                name="what_is_kept_elsewhere_has_no_reason",
            ),
        )
