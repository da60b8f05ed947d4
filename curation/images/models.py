"""Pictures under their numbers."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from curation.subjects.models import Subject


class Image(models.Model):
    """One picture of a subject. Its number is given once, in order of intake, and never changes."""

    subject = models.ForeignKey(Subject, models.PROTECT, related_name="images", db_index=False)
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=255)
    """The file's own name when it was first imported, exactly as given."""
    sha256 = models.CharField(max_length=64)
    size_bytes = models.PositiveBigIntegerField()
    width = models.PositiveIntegerField()
    """Pixels, upright by EXIF."""
    height = models.PositiveIntegerField()
    format = models.CharField(max_length=8)
    bare_sha256 = models.CharField(max_length=64, blank=True)
    """The picture's file without its metadata, as it leaves the site; blank until it is made."""
    bare_size_bytes = models.PositiveBigIntegerField(default=0)
    bare_format = models.CharField(max_length=8, blank=True)
    """Another than `format` only where the picture had to be drawn anew."""
    marks = models.JSONField(default=dict)
    """What the file says of having been generated: `Marks.as_dict`."""
    says_generated = models.BooleanField(default=False)
    """Whether one of the marks says so for certain."""
    taken_in_at = models.DateTimeField(auto_now_add=True)
    purged_at = models.DateTimeField(null=True, blank=True)
    """When the bytes were removed for good; the row stays, so that its number stays taken."""

    class Meta:
        ordering = ("subject", "number")
        indexes = (
            # Two that count a large subject's pictures without reading them.
            models.Index(fields=("subject",), condition=Q(purged_at=None), name="present_images"),
            models.Index(
                fields=("subject",), condition=Q(purged_at__isnull=False), name="purged_images"
            ),
        )
        constraints = (
            models.UniqueConstraint("subject", "number", name="a_number_is_given_once"),
            models.UniqueConstraint("subject", "sha256", name="bytes_are_kept_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="numbers_start_at_one"),
        )

    def __str__(self) -> str:
        return f"{self.number:05d} {self.name}"
